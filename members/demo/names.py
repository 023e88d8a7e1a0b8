"""Names of the kinds that a harbour town hears, in the scripts that their bearers write. Invented
pairs: whoever bears one of them is nobody in this register."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from members.names import search_key


@dataclass(frozen=True, slots=True)
class Language:
    """What people who speak one language are called; `women` may bear another family name."""

    share: int  # of a hundred people
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    families_of_women: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, and the key that a search finds it by."""

    given: str
    family: str
    key: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LANGUAGES = (
    Language(
        38,
        _words(
            "Änne Anna Berta Charlotte Dörte Elfriede Emma Erna Frieda Gerda Grete Hanna Hedwig"
            " Helga Hilde Ida Ilse Johanna Käthe Klara Lene Lotte Luise Margarete Marie Martha"
            " Minna Olga Paula Rosa Ruth Sofie Theres Ursel Wilhelmine"
        ),
        _words(
            "Albert August Bruno Emil Erich Ernst Franz Friedrich Fritz Georg Günther Hans"
            " Heinrich Hermann Hugo Jakob Jörg Jürgen Karl Konrad Kurt Ludwig Max Otto Paul Peter"
            " Richard Robert Rudolf Theodor Walter Werner Wilhelm Willi"
        ),
        _words(
            "Ackermann Bäcker Bachmann Böhme Brandt Dreher Eggers Färber Förster Fuhrmann Gärtner"
            " Gießler Großmann Haase Hölzer Hübner Jäger Kähler Kessler Köhler König Krüger Kühn"
            " Lindner Löwe Möller Müller Nägele Petersen Pfeiffer Rößler Sattler Schäfer Schlosser"
            " Schröder Seiler Strauß Töpfer Vögele Weber Weiß Wollmann Zöllner"
        ),
    ),
    Language(
        11,
        _words("Agnieszka Bożena Danuta Elżbieta Halina Jadwiga Łucja Małgorzata Wanda Zofia"),
        _words("Andrzej Bogusław Czesław Jerzy Kazimierz Łukasz Michał Stanisław Wojciech"),
        _words(
            "Dąbrowski Górski Jabłoński Kamiński Kowalski Krawczyk Lewandowski Łukasiewicz"
            " Nowak Wiśniewski Zieliński"
        ),
        _words(
            "Dąbrowska Górska Jabłońska Kamińska Kowalska Krawczyk Lewandowska Łukasiewicz"
            " Nowak Wiśniewska Zielińska"
        ),
    ),
    Language(
        9,
        _words("Анна Вера Галина Екатерина Зинаида Ирина Любовь Надежда Ольга Татьяна"),
        _words("Алексей Борис Василий Григорий Дмитрий Иван Николай Пётр Сергей Фёдор"),
        _words("Волков Григорьев Зайцев Иванов Кузнецов Лебедев Морозов Петров Соколов Щербаков"),
        _words(
            "Волкова Григорьева Зайцева Иванова Кузнецова Лебедева Морозова Петрова Соколова"
            " Щербакова"
        ),
    ),
    Language(
        9,
        _words("Ayşe Elif Emine Fatma Gülşen Hatice Nâzan Özlem Şerife Zeynep"),
        _words("Ahmet Çetin Hüseyin İsmail Kâzım Mehmet Mustafa Ömer Şükrü Yılmaz"),
        _words("Aydın Çelik Demir Doğan Güneş Kılıç Öztürk Şahin Taşçı Yıldız"),
    ),
    Language(
        7,
        _words("أمينة خديجة زينب سلمى فاطمة ليلى مريم نادية"),
        _words("أحمد حسن خالد سعيد طارق عمر محمود يوسف"),
        _words("التونسي الجزائري الحداد الخياط الشامي العطار المصري النجار"),
    ),
    Language(
        6,
        _words("Αικατερίνη Ελένη Ευαγγελία Θεοδώρα Μαρία Σοφία"),
        _words("Αλέξανδρος Γεώργιος Δημήτριος Ιωάννης Κωνσταντίνος Νικόλαος"),
        _words("Αγγελόπουλος Βασιλείου Γεωργίου Δημητρίου Νικολάου Παπαδόπουλος"),
        _words("Αγγελοπούλου Βασιλείου Γεωργίου Δημητρίου Νικολάου Παπαδοπούλου"),
    ),
    Language(
        5,
        _words("Caterina Chiara Giuseppina Lucia Niccolò Rosaria Teresa"),
        _words("Antonio Carlo Domenico Giuseppe Luigi Niccolò Salvatore"),
        ("Bianchi", "D'Amico", "De Luca", "Esposito", "Ferrari", "Lo Russo", "Moretti"),
    ),
    Language(
        4,
        _words("Anikó Erzsébet Ilona Katalin Márta Zsófia"),
        _words("András Béla Ferenc György István László"),
        _words("Fekete Horváth Kovács Nagy Szabó Tóth Vörös"),
    ),
    Language(
        3,
        _words("דבורה חנה מרים פייגע רבקה שרה"),
        _words("אברהם דוד יעקב לייב משה שמואל"),
        _words("גאלדבערג הירש וויינשטיין כהן לוין שניידער"),
    ),
    Language(
        3,
        _words("Bích Hạnh Hương Lan Thu Thủy"),
        _words("Bảo Đức Hùng Minh Quang Tuấn"),
        _words("Đặng Hoàng Lê Nguyễn Phạm Trần"),
    ),
    Language(
        2,
        _words("美玲 秀英 桂芳 玉兰"),
        _words("建国 伟强 志明 国华"),
        _words("王 李 张 陈 赵"),
    ),
    Language(
        1,
        _words("თამარ ნინო მარიამ ელენე"),
        _words("გიორგი დავით ლევან ნიკოლოზ"),
        _words("აბაშიძე ბერიძე ლომიძე წერეთელი"),
    ),
    Language(
        1,
        _words("አልማዝ ሰላም ትዕግስት ሂሩት"),
        _words("አበበ ተስፋዬ ዳዊት ኃይለ"),
        _words("ገብሬ ታደሰ መኮንን ወርቁ"),
    ),
    Language(
        1,
        _words("Անահիտ Նարինե Շուշան"),
        _words("Արամ Հակոբ Տիգրան"),
        _words("Գրիգորյան Հովհաննիսյան Պետրոսյան"),
    ),
)
_SHARES = tuple(language.share for language in LANGUAGES)


def draw_language(chance: Random) -> Language:
    """A language, as often as its share of the town says."""
    return chance.choices(LANGUAGES, _SHARES)[0]


def draw_name(chance: Random) -> Name:
    """Somebody's name. One in fifty has a second family name."""
    language = draw_language(chance)
    if chance.random() < 0.5:
        given, families = language.women, language.families_of_women or language.families
    else:
        given, families = language.men, language.families
    family = _one(chance, families)
    if chance.random() < 0.02:
        family = f"{family}-{_one(chance, families)}"
    return _named(_one(chance, given), family)


def _one(chance: Random, words: tuple[str, ...]) -> str:
    return words[int(chance.random() * len(words))]


@lru_cache(maxsize=100_000)
def _named(given: str, family: str) -> Name:
    return Name(given, family, search_key(family, given))
