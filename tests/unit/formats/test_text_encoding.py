"""Small texts of many languages without a mark: each is read as it was written, or told to be uncertain."""

from __future__ import annotations

import pytest

from meshlake.formats.text_encoding import encoding_of
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

MANY = {
    "German": (
        ["cp1252", "iso8859-15"],
        "Müller Köln Straße Grüße Jäger Öffnung Übung Fußball schön Mädchen",
    ),
    "French": (["cp1252", "latin-1"], "Orléans élève forêt garçon Noël où Besançon Nîmes théâtre français"),
    "Spanish": (["cp1252", "latin-1"], "Málaga España niño corazón Peña Cádiz León José Ibáñez camión"),
    "Swedish": (["cp1252", "latin-1"], "Malmö Göteborg Västerås Örebro Linköping Åsa Björk Håkan smörgås"),
    "Portuguese": (["cp1252", "latin-1"], "São João coração Conceição maçã avô pão irmã também três"),
    "Polish": (["cp1250", "iso8859-2"], "Łódź Kraków Gdańsk Świnoujście Żółć Częstochowa Rzeszów źrebię"),
    "Czech": (["cp1250", "iso8859-2"], "Plzeň Třebíč Děčín Žďár Jihlava říčka Šumperk Přerov kůň"),
    "Russian": (["cp1251", "koi8-r", "iso8859-5"], "Москва Новосибирск Екатеринбург Казань Самара Омск Уфа"),
    "Greek": (["cp1253", "iso8859-7"], "Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο Λάρισα Βόλος Ιωάννινα Χανιά"),
    "Turkish": (["cp1254", "iso8859-9"], "İstanbul İzmir Diyarbakır Şanlıurfa Eskişehir Muğla Balıkesir"),
    "Japanese": (["shift_jis", "euc-jp"], "東京 大阪 名古屋 札幌市 福岡県 ひらがな カタカナ 神戸 京都 横浜"),
    "Chinese": (["gbk", "big5"], "臺北 北京 上海 廣州 深圳 天津 重慶 成都 武漢 南京 杭州"),
    "Korean": (["euc_kr"], "서울 부산 인천 대구 대전 광주 울산 수원 창원 성남"),
}
# Those of which one word alone is told to be uncertain, and what else it could be.
UNCERTAIN = {
    ("Turkish", "cp1254"): "as Windows-1254 'Ýstanbul' would be 'İstanbul'",
    ("Turkish", "iso8859-9"): "as Windows-1254 'Ýstanbul' would be 'İstanbul'",
    ("Japanese", "euc-jp"): "as EUC_JP '澎叠' would be '東京'",
    ("Chinese", "gbk"): "as GB18030 '鰭控' would be '臺北'",
}
CASES = [(language, encoding) for language, (encodings, _) in MANY.items() for encoding in encodings]


@pytest.fixture
def read(tmp_path):
    """The text of a table with `words`, written in an encoding, as it is read; and what is told of that."""

    def of(words, encoding):
        text = "id,word\n" + "".join(f"{n},{word}\n" for n, word in enumerate(words))
        path = tmp_path / "x" / "t" / "a.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode(encoding))
        (file,) = LandingZone(str(tmp_path)).dataset(DatasetName("x", "t")).files
        found = encoding_of(file, path.read_bytes())
        return path.read_bytes().decode(found.name) == text, found.note or ""

    return of


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_few_words_are_read_as_written(read, language, encoding):
    is_right, note = read(MANY[language][1].split(), encoding)
    assert is_right
    assert "a guess (confidence " in note


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_one_word_among_ascii_is_read_as_written_or_uncertain(read, language, encoding):
    is_right, note = read(["plain", MANY[language][1].split()[0], "words"], encoding)
    uncertain = UNCERTAIN.get((language, encoding))
    assert is_right == (uncertain is None)
    assert f"; uncertain: {uncertain}" in note if uncertain else "a guess (confidence " in note


@pytest.mark.parametrize("encoding", ["mac-roman", "cp437", "cp850"])
@pytest.mark.parametrize(
    "words",
    [
        "Straße Müller Zürich Köln Größe",
        "café Noël forêt Français élève",
        "año señor corazón niño Málaga",
        "Århus æble",
    ],
)
def test_western_words_of_old_systems_are_read_as_written_or_uncertain(read, words, encoding):
    is_right, note = read(words.split(), encoding)
    assert "a guess (confidence 0.0" in note
    assert is_right or any(f"{word!r}" in note.partition("; uncertain: ")[2] for word in words.split())


def test_several_other_readings_are_told(read):
    is_right, note = read(["plain", "Iñaki"], "mac-roman")
    assert not is_right
    told = "; uncertain: as CP850 'I–aki' would be 'Iûaki', as MAC-ROMAN 'Iñaki', as CP437 'Iûaki')"
    assert note.endswith(told)


@pytest.mark.parametrize(
    "word", ["5µm", "10£", "½", "naïve", "Ångström", "Tromsø", "Iñaki", "über", "é", "25°"]
)
def test_a_lone_sign_is_read_as_written_or_uncertain(read, word):
    is_right, note = read(["plain", word], "cp1252")
    assert is_right or f"{word!r}" in note.partition("; uncertain: ")[2]
