"""Tables for the line model that nobody has to train: classes of characters, function words.

They go into the model file, so that a newer Unicode in a newer Python changes no score.
"""

import unicodedata
from typing import Any

import numpy as np

from cleaner.kernels.webtext import features as kinds

# Function words (self-chosen, the most frequent ones) of languages that put spaces between words.
STOP_WORDS = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had
an they which one you were all her she there would their we him been has when who will no more if
out so what up said its about than into them can only other time new some could these two may first
then do any like my now over such our your how
der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden
aus er hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder
aber vor zur bis mehr durch man sein wurde sei ich wir ihr
de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec ou
son aux mais nous comme leur cette elle ont été fait être ses vous je on
que el en y los del se las por un para con no una su al lo como más pero sus le ya o este sí porque
esta entre cuando muy sin sobre también me hasta hay donde fue
di che il per non una sono della con ha si dei nel alla come anche più ma le da lo gli delle al ai
questo era essere cui dal suo tra ed
o que e do da em um para é com uma os no na por mais as dos como mas foi ao ele das tem à seu sua ou
não são pelo pela até isso
van het een en dat op te zijn met voor niet aan er om ook als maar door bij uit dan nog naar heeft
ze wordt hij werd deze
och att det som på är av för med till den har de inte om ett men var jag sig från vi så kan nu
og i det er på til en at af med for ikke som har jeg vi de den var om fra men der eller
w i na z się do nie to że jest o od po jak za przez dla ale który są oraz już co tym czy być
a v na se je že s z do o k ve i by za pro jako to ale jsou po které od jsem také
и в не на что с по как это к но из у за от он так его для же вы бы то о мы все или был
і в на що не з та до у як це від за про для а по або
ve bir bu için ile da de çok daha olarak olan ne gibi en sonra kadar ama var o
yang dan di untuk dengan dari ini pada tidak dalam itu adalah akan ke oleh juga
và của là có trong được cho không một các với những này đã người để khi từ
في من على إلى أن عن التي الذي هذا هذه مع كان لا ما أو بعد قد لم كما و
का के की में है और से को पर ने यह हैं कि एक भी नहीं
και το να του η της για με την από που τα σε στο δεν οι είναι
és a az hogy nem is egy van de csak volt meg ezt el már mint ha
și în de la a pe cu nu că din o pentru care este sau mai au
ja on ei että se oli hän mutta ovat kun niin myös tai joka
של את על לא הוא עם זה גם כי אני או היא
이 그 및 수 등 것 더 있는 한 할 를 을 은 는
"""

_LISTED = {
    kinds.TERMINAL: ".!?…。！？؟।۔．｡‼⁇⁈⁉",
    kinds.COMMA: ",;،؛、，；､",
    kinds.COLON: ":：",
    kinds.QUOTE: "\"“”„‟‘’‚‛'«»‹›「」『』《》〈〉",
    kinds.SEPARATOR: "|/>\\<·•→←↑↓▸▾►▼▲‣∙●■▪○◦*~+＞｜",
    kinds.LEGAL: "©®™℠℗",
    kinds.AT: "@#&%",
    kinds.NEWLINE: "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
}
_BY_CATEGORY = {
    category: kind
    for kind, categories in {
        kinds.LOWER: ("Ll",),
        kinds.UPPER: ("Lu", "Lt"),
        kinds.LETTER: ("Lo", "Lm"),
        kinds.MARK: ("Mn", "Mc", "Me"),
        kinds.DIGIT: ("Nd",),
        kinds.SPACE: ("Zs",),
        kinds.BRACKET: ("Ps", "Pe"),
        kinds.CURRENCY: ("Sc",),
        kinds.DASH: ("Pd",),
        kinds.QUOTE: ("Pi", "Pf"),
        kinds.PUNCTUATION: ("Po", "Pc"),
        kinds.SYMBOL: ("So", "Sk", "Sm"),
    }.items()
    for category in categories
}
# Scripts written without spaces: one character counts as one word.
_IDEOGRAPHS = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x3007)),
    *((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD)),
)


def character_tables() -> dict[str, Any]:
    """Classes of all code points as runs, and their lower case as pairs."""
    classes = np.zeros(0x110000, np.uint8)
    sources, targets = [], []
    for code in range(0x110000):
        char = chr(code)
        classes[code] = _BY_CATEGORY.get(unicodedata.category(char), kinds.OTHER)
        small = char.lower()
        if len(small) == 1 and small != char:
            sources.append(code)
            targets.append(ord(small))
    for low, high in _IDEOGRAPHS:
        part = classes[low : high + 1]
        part[(part == kinds.LETTER) | (part == kinds.MARK)] = kinds.IDEOGRAPH
    for kind, chars in _LISTED.items():
        for char in chars:
            classes[ord(char)] = kind
    for char in "\t\u200b\ufeff\u200e\u200f\xad":
        classes[ord(char)] = kinds.SPACE
    starts = np.flatnonzero(np.diff(classes.astype(np.int16), prepend=-1)).astype(np.uint32)
    return {
        "class_starts": starts,
        "class_kinds": classes[starts],
        "lower_from": np.array(sources, np.uint32),
        "lower_to": np.array(targets, np.uint32),
    }
