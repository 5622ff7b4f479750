"""Words by which special categories of personal data are told where a column has few different values."""

from __future__ import annotations

_WORDS_TEXT = "a+ a- b+ b- ab+ ab- o+ o- 0+ 0-"
_WORDS_TEXT_2 = (
    "christian christianity catholic roman catholic protestant orthodox muslim islam hindu hinduism jewish "
    "judaism buddhist buddhism sikh sikhism atheist agnostic none other lutheran anglican evangelical evangelisch "
    "katholisch römisch-katholisch konfessionslos muslimisch islamisch jüdisch catholique protestante musulman "
    "juif católico musulmán judío ateo cattolico musulmano ebreo katolik prawosławny müslüman"
)
_WORDS_TEXT_3 = "white black asian hispanic latino latina caucasian other mixed unknown african arab"
_WORDS_TEXT_4 = (
    "heterosexual homosexual bisexual gay lesbian straight asexual pansexual queer other heterosexuell"
)
_WORDS_TEXT_5 = (
    "democrat republican independent libertarian green labour conservative other none cdu spd fdp afd"
)
WORDS = {
    "health": {*_WORDS_TEXT.split(), "unknown"},
    "religion": set(_WORDS_TEXT_2.split()) | {"roman catholic", "no religion", "greek orthodox"},
    "ethnicity": {
        *_WORDS_TEXT_3.split(),
        *(
            "african american",
            "black or african american",
            "native american",
            "pacific islander",
            "american indian",
        ),
        *(
            "hispanic or latino",
            "asian-pac-islander",
            "amer-indian-eskimo",
            "two or more races",
            "mixed race",
        ),
        *("american indian or alaska native", "native hawaiian or other pacific islander", "white british"),
    },
    "sexual orientation": {
        *_WORDS_TEXT_4.split(),
        *(
            "homosexuell",
            "bisexuell",
            "prefer not to say",
            "hétérosexuel",
            "heterosexuale",
            "homosexuel",
            "unknown",
        ),
    },
    "political opinion": {
        *_WORDS_TEXT_5.split(),
        *("die linke", "die grünen", "csu", "liberal democrat", "unaffiliated", "socialist"),
    },
}
# Of other things, too.
ANY = frozenset(
    {
        "other",
        "none",
        "unknown",
        "mixed",
        "independent",
        "green",
        "conservative",
        "straight",
        "black",
        "white",
    }
)
