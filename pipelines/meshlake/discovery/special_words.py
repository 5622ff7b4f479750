"""Words by which special categories of personal data are told where a column has few different values."""

from __future__ import annotations

_WORDS_TEXT = "a+ a- b+ b- ab+ ab- o+ o- 0+ 0-"
# Injuries, illnesses and impairments, in the words of forms and registers.
_ILL_TEXT = (
    "fracture burn burns whiplash sprain strain concussion laceration contusion bruise dislocation amputation abrasion "
    "hernia diabetes hypertension asthma cancer leukemia leukaemia lymphoma melanoma copd pneumonia tuberculosis hiv "
    "aids hepatitis influenza flu covid covid-19 malaria measles sepsis stroke epilepsy migraine dementia alzheimer "
    "parkinson depression anxiety schizophrenia bipolar autism adhd insomnia obesity anemia anaemia arthritis "
    "arthrosis osteoporosis eczema psoriasis allergy allergies hypothyroidism angina arrhythmia bronchitis "
    "deaf deafness blind blindness paraplegia dyslexia knochenbruch verbrennung schleudertrauma verstauchung prellung "
    "gehirnerschütterung krebs bluthochdruck lungenentzündung schlaganfall depressionen demenz epilepsie grippe "
    "rheuma allergie migräne brûlure entorse diabète asthme dépression "
    "fractura quemadura esguince hipertensión asma cáncer depresión gripe neumonía frattura ustione distorsione "
    "diabete ipertensione cancro depressione influenza polmonite złamanie oparzenie cukrzyca nadciśnienie astma"
)
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
    "health": {*_WORDS_TEXT.split(), *_ILL_TEXT.split(), "unknown"}
    | {"heart disease", "heart attack", "heart failure", "kidney disease", "back pain", "high blood pressure"}
    | {
        "type 1 diabetes",
        "type 2 diabetes",
        "multiple sclerosis",
        "broken bone",
        "head injury",
        "soft tissue",
    },
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
