"""Small closed vocabularies of page furniture, in the languages that the rules speak.

Each word is only ever one cue among several; no rule fires on it alone. What does *not* live here:
labels of bylines, which are phrases (`bylines`).
"""

__all__ = [
    "BEFORE_YEAR",
    "FILLERS",
    "FOOTER",
    "HOME",
    "MONTHS",
    "PARTICLES",
    "SECTIONS",
    "SITE_ENDINGS",
    "WEEKDAYS",
    "ZONES",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _months(text: str) -> dict[str, int]:
    """A number opens the names of its month."""
    months: dict[str, int] = {}
    number = 0
    for word in text.split():
        if word.isdecimal():
            number = int(word)
        else:
            months[word] = number
    return months


HOME = _words("""
home homepage start startseite accueil inicio início portada principal pagina-principal hjem hem
strona-główna główna domov forside etusivu главная начало головна الرئيسية الصفحة-الرئيسية خانه
صفحه-اصلی ראשי בית 首页 首頁 主页 ホーム
トップ 홈 αρχική anasayfa ana-sayfa trang-chủ beranda you-are-here
sie-sind-hier
""")
"""First entry of a breadcrumb; a blank is written as a hyphen here."""

SECTIONS = _words("""
news local world national international politics business economy finance markets sport sports
football opinion opinions editorial editorials culture entertainment arts lifestyle life health
science technology tech travel education environment weather video videos photos blog blogs
archive archives articles article features feature analysis interviews interview latest
headlines stories press releases nachrichten politik wirtschaft welt regional lokales kultur
meinung wissen gesundheit reise panorama actualités actualité monde politique économie société
idées santé région noticias mundo política economía deportes cultura opinión sociedad salud
tecnología actualidad notizie mondo politica economia cronaca esteri salute tecnologia attualità
notícias esportes desporto saúde wiadomości świat polityka gospodarka kraj kultura zdrowie
nieuws wereld politiek economie binnenland buitenland cultuur gezondheid новости мир политика
экономика общество культура спорт наука происшествия أخبار العالم سياسة اقتصاد رياضة ثقافة محلي
محليات 新闻 国际 国内 财经 体育 娱乐 社会 科技 ニュース 国際 経済 スポーツ 政治
""")
"""Sections of a site, as they stand in its headers and breadcrumbs."""

SITE_ENDINGS = tuple(
    sorted(
        _words("""
post times news herald gazette tribune daily press journal today zeitung blatt presse anzeiger
bote kurier 24 .com .org .net .de .fr .es .it .pl .ru .info .co.uk online tv fm radio
""")
    )
)
"""How the names of news sites end, in lower case."""

FOOTER = _words("""
home about about-us contact contact-us contacts privacy privacy-policy terms terms-of-use
terms-of-service terms-and-conditions conditions sitemap site-map advertise advertising careers
jobs help faq rss imprint disclaimer cookies cookie-policy accessibility subscribe newsletter
login impressum datenschutz kontakt agb nutzungsbedingungen über-uns karriere hilfe werbung
barrierefreiheit accueil contactez-nous mentions-légales confidentialité plan-du-site à-propos
inicio contacto aviso-legal política-de-privacidad privacidad acerca-de quiénes-somos contatti
chi-siamo note-legali informativa-privacy contato sobre quem-somos política-de-privacidade o-nas
regulamin polityka-prywatności reklama privacybeleid over-ons voorwaarden контакты о-нас реклама
اتصل-بنا من-نحن سياسة-الخصوصية 联系我们 关于我们
隐私政策 网站地图 会社概要 お問い合わせ プライバシーポリシー 利用規約
""")
"""Entries of a footer's menu; a blank is written as a hyphen here."""

WEEKDAYS = _words("""
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado
domingo lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta
sexta feira poniedziałek wtorek środa czwartek piątek sobota niedziela maandag dinsdag woensdag
donderdag vrijdag zaterdag zondag понедельник вторник среда четверг пятница суббота воскресенье
الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
""")
"""Days of the week, and their abbreviations."""

FILLERS = _words("""
st nd rd th er º ª the of at on um uhr de del le el la à a om o г года г. в am den il às os
""")
"""What may stand between day, month and year, besides punctuation."""

ZONES = _words("""
est edt uk et cst cdt ct mst mdt pst pdt pt gmt utc cet cest bst ist msk eet wib jst mez mesz
""")
"""Time zones."""

PARTICLES = _words("""
von van der den de del della di da dos das du des la le el al bin ibn ben abu st. ter ten zu und
and et y e i en & och og
""")
"""What stands between names without a capital, or joins two of them."""

BEFORE_YEAR = _words("""
in since of by until till from after before during around about year early late mid summer
winter spring autumn fall im seit ab bis von vor nach jahr en depuis dans dès avant après année
de desde hasta año nel dal del fino anno em até ano w od do po przed roku sinds vanaf tot jaar в
с до после году عام سنة
""")
"""Words after which a year is likely."""

_MONTHS = """
1 january jan januar jänner janvier janv enero ene gennaio gen janeiro stycznia styczeń januari
  января январь янв يناير
2 february feb februar febr février févr fév febrero febbraio fevereiro fev lutego luty februari
  февраля февраль фев فبراير
3 march mar märz mrz mars marzo março marca marzec maart марта март мар مارس
4 april apr avril avr abril abr aprile abri kwietnia kwiecień april апреля апрель апр أبريل
  ابريل
5 may mai mayo maggio mag maio maja maj mei мая май مايو
6 june jun juni juin junio giugno giu junho czerwca czerwiec июня июнь июн يونيو
7 july jul juli juillet juil julio luglio lug julho lipca lipiec июля июль июл يوليو
8 august aug août aout agosto ago sierpnia sierpień augustus августа август авг أغسطس اغسطس
9 september sep sept septembre septiembre settembre set setembro września wrzesień сентября
  сентябрь сен سبتمبر
10 october oct oktober okt octobre octubre ottobre ott outubro out października październik
  октября октябрь окт أكتوبر اكتوبر
11 november nov novembre noviembre novembro listopada listopad ноября ноябрь ноя نوفمبر
12 december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia grudzień
  декабря декабрь дек ديسمبر
"""

MONTHS = _months(_MONTHS)
"""Name or abbreviation, in lower case, to number."""
