"""The words of the movement as closed lists; a list that differs by province is data, not here."""

from enum import StrEnum

EVENTS = "vn.sangtao.registration"


class Role(StrEnum):
    """What a grant allows. Every role but operator acts inside one tenant."""

    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    AUTHOR = "author"
    OFFICER = "officer"
    SECRETARY = "secretary"
    MEMBER = "member"
    CHAIR = "chair"
    STANDING = "standing"


class Level(StrEnum):
    """The levels that v1 of unit.recorded knows; a tenant's own are data. `none` for an organisation that has none."""

    CENTRE = "centre"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    VILLAGE = "village"
    NONE = "none"


class UnitKind(StrEnum):
    """Kinds of units that take part (plan 84/KH-MTTQ of Tam Đường, part II)."""

    ADMINISTRATIVE = "administrative"
    FRONT = "front"
    MEMBER_ORGANISATION = "member_organisation"
    AGENCY = "agency"
    PUBLIC_SERVICE = "public_service"
    ENTERPRISE = "enterprise"
    COOPERATIVE = "cooperative"
    ARMED_FORCES = "armed_forces"
    COMMUNITY = "community"


class Affiliation(StrEnum):
    """How an evaluation groups authors' units (evaluation of Diên Khánh, part 3c)."""

    FRONT_SYSTEM = "front_system"
    MEMBER_ORGANISATION = "member_organisation"
    OTHER_AGENCY = "other_agency"


class Field(StrEnum):
    """The fields of work that an initiative belongs to (evaluation of Diên Khánh, part 3)."""

    ECONOMY = "economy"
    SOCIETY = "society"
    CULTURE = "culture"
    ENVIRONMENT = "environment"
    SECURITY = "security"
    OTHER = "other"


class Content(StrEnum):
    """The four contents of emulation (plan 84/KH-MTTQ of Tam Đường, part III)."""

    POLITICAL_SYSTEM = "political_system"
    PRODUCTION = "production"
    PUBLIC_SERVICE = "public_service"
    ARMED_FORCES = "armed_forces"
