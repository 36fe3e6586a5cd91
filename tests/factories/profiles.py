"""Startups that say what they do."""

from matchmaker.foundation.db import unit_of_work
from matchmaker.people import operations
from matchmaker.people.facts import ProfileFacts
from matchmaker.people.queries import own_organization

RADAR = ProfileFacts(
    tagline_zh="以毫米波雷達偵測長者跌倒，不需穿戴、不拍影像",
    tagline_en="Fall detection by millimetre-wave radar, without wearables or cameras",
    offer_zh="在房間天花板安裝雷達，辨識跌倒、離床與久坐，即時通知社工與家屬，保護獨居長者隱私。",
    offer_en="Ceiling radar recognises falls and leaving bed, and tells social workers at once.",
    evidence_zh="於兩處長照機構試用六個月。",
    tags=("跌倒偵測", "雷達", "長照"),
)
DRONE = ProfileFacts(
    tagline_zh="農田無人機巡檢與精準噴灑",
    tagline_en="Drones that inspect and spray fields",
    offer_zh="以多光譜影像判讀稻熱病，規劃噴灑路徑，減少農藥用量。",
    offer_en="Multispectral images find rice blast early and plan the spraying.",
    tags=("無人機", "農業"),
)
MAT = ProfileFacts(
    tagline_zh="床邊與浴室的壓力感測地墊",
    tagline_en="Pressure-sensing mats beside the bed and in the bathroom",
    offer_zh="地墊感測體重轉移與長時間倒臥，以閘道器回報護理站；適合機構與共餐據點。",
    offer_en="Mats feel shifts of weight and long lying, and report to the nurses' station.",
    tags=("壓力感測", "地墊"),
)


def say(world, actor, facts: ProfileFacts) -> None:
    """Let a startup's owner write the profile."""
    with unit_of_work():
        operations.update_profile(
            organization=own_organization(actor), facts=facts, by=actor, at=world.now, expected_version=None
        )
