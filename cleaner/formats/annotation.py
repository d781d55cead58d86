"""What `--annotate` adds to a record: values about its text, each with a dotted name.

JSON nests them below `metadata.cleaner`, Parquet makes a struct of them there, and a table of
values gets a column for each. What does *not* live here: where the values come from
(`jobs.annotate`), writing them into a record (the formats).
"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["annotated", "annotated_schema", "column_name", "nested", "struct_type"]


def nested(values: Mapping[str, Any], *, nulls: bool = False) -> dict[str, Any]:
    """Values as objects in objects; without nulls, and without objects of nothing else.

    >>> nested({"language": "en", "duplicate.of": None, "quality.words": 3})
    {'language': 'en', 'quality': {'words': 3}}
    """
    out: dict[str, Any] = {}
    for name, value in values.items():
        if value is None and not nulls:
            continue
        *parents, last = name.split(".")
        inner = out
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return out


def column_name(name: str) -> str:
    """The column of a value in a table.

    >>> column_name("quality.words")
    'cleaner_quality_words'
    """
    return "cleaner_" + name.replace(".", "_")


def struct_type(columns: Sequence[tuple[str, str]]) -> Any:
    """The Arrow type of all values; kinds are "str", "int", "float" and "bool"."""
    import pyarrow as pa

    kinds = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}

    def struct(tree: Mapping[str, Any]) -> Any:
        return pa.struct(
            [
                pa.field(key, struct(value) if isinstance(value, dict) else kinds[value])
                for key, value in tree.items()
            ]
        )

    return struct(nested(dict(columns)))


def annotated_schema(schema: Any, columns: Sequence[tuple[str, str]]) -> Any:
    """A schema with the values in `metadata.cleaner`: a struct in the struct `metadata`.

    Where `metadata` is there but is no struct, they are in a column of that name beside it.
    """
    import pyarrow as pa

    ours = pa.field("cleaner", struct_type(columns))
    place, struct = _place(schema)
    if place < 0:
        return schema.append(pa.field("metadata", pa.struct([ours])))
    if not struct:
        field = ours.with_name("metadata.cleaner")
        at = schema.get_field_index(field.name)
        return schema.set(at, field) if at >= 0 else schema.append(field)
    before = schema.field(place)
    inner = [field for field in before.type if field.name != ours.name]
    return schema.set(place, before.with_type(pa.struct([*inner, ours])).with_nullable(True))


def _place(schema: Any) -> tuple[int, bool]:
    """The column `metadata`, and whether it is a struct."""
    import pyarrow as pa

    place = schema.get_field_index("metadata")
    return place, place >= 0 and pa.types.is_struct(schema.field(place).type)


def annotated(
    batch: Any, values: Sequence[Mapping[str, Any]], schema: Any, columns: Sequence[tuple[str, str]]
) -> Any:
    """A batch in the schema of `annotated_schema`, with the values of each row."""
    import pyarrow as pa

    blank = dict.fromkeys(name for name, _ in columns)
    ours = pa.array([nested({**blank, **row}, nulls=True) for row in values], struct_type(columns))
    place, struct = _place(batch.schema)
    arrays = {name: batch.column(name) for name in batch.schema.names if name in schema.names}
    if place >= 0 and not struct:
        arrays["metadata.cleaner"] = ours
    else:
        inner = {}
        if struct:
            metadata = batch.column(place)
            inner = dict(zip((f.name for f in metadata.type), metadata.flatten(), strict=True))
        inner["cleaner"] = ours
        kind = schema.field("metadata").type
        arrays["metadata"] = pa.StructArray.from_arrays(
            [inner[field.name] for field in kind], fields=list(kind)
        )
    return pa.record_batch([arrays[name] for name in schema.names], schema=schema)
