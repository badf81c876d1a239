"""Cleaned cells by slot → the columns of the prepared records, with what each normaliser noticed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hotpass.refine.normalise import (
    Flag,
    PhoneRules,
    addresses,
    countries,
    email_domain,
    emails,
    garbled,
    names,
    phones,
    postcodes,
    regions,
    split_person,
    websites,
)
from hotpass.refine.normalise.distinct import on_distinct
from hotpass.refine.normalise.text import squeeze
from hotpass.refine.profiles import FIELDS, Profile
from hotpass.refine.records import COLUMNS

if TYPE_CHECKING:
    import polars as pl

ERROR = r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)$"
"""What a spreadsheet shows where it has no value."""


class Normaliser:
    """Normalises the cells of all records at once, each column of slots by its distinct values."""

    def __init__(self, cells: pl.DataFrame, profile: Profile) -> None:
        self._cells, self._profile = cells, profile
        self._flags: list[pl.DataFrame] = []
        self._parts: dict[str, pl.Series] = {}
        for field in ("phone", "contact_phone", "email", "contact_email"):
            for slot in self._slots(field):
                self._parts[slot] = self._several(slot)

    def records(self, sources: Sequence[str]) -> pl.DataFrame:
        """The frame of :data:`hotpass.refine.records.COLUMNS`; ``sources`` are the tables' in their order."""
        import polars as pl

        cells, profile = self._cells, self._profile
        named = names(cells["organization_name#0"], profile.legal_forms)
        self._note("organization_name#0", garbled(cells["organization_name#0"]), Flag.GARBLED)
        site = self._website
        table = pl.DataFrame(
            {
                "row": cells["row"],
                "source": pl.Series(list(sources), dtype=pl.String).gather(cells["table"]),
                "source_record": squeeze(self._one("source_record")),
                "name": named["name"],
                "name_key": named["key"],
                "name_tokens": named["key"]
                .str.split(" ")
                .to_frame("k")
                .select(pl.col("k").fill_null([]))
                .to_series(),
                "address": self._joined("address"),
                "phones": self._merged("phone", "contact_phone"),
                "emails": self._merged("email", "contact_email"),
                "website": site["written"],
                "category": squeeze(self._one("category")),
                "last_interaction_date": cells["date"],
            }
        )
        self._list("last_interaction_date#0", cells["date_flags"])
        table = table.hstack(self._place(table["address"]))
        domain = site["domain"].to_frame().select(pl.coalesce("domain", self._mail_domain(table["emails"])))
        return table.with_columns(domain.to_series().alias("domain")).select(list(COLUMNS))

    def further(self) -> pl.DataFrame:
        """What rows say beside that: :data:`hotpass.refine.prepared.FURTHER` and the profile's own fields."""
        import polars as pl

        person = on_distinct(self._one("contact_name"), split_person, {"name": pl.String, "role": pl.String})
        role = squeeze(self._one("contact_role"))
        own = {field: squeeze(self._one(field)) for field in self._profile.fields() if field not in FIELDS}
        return pl.DataFrame(
            {
                "row": self._cells["row"],
                "organization_type": squeeze(self._one("organization_type")),
                "status": squeeze(self._one("status")),
                "contact_name": person["name"],
                "contact_role": role.to_frame("r").select(pl.coalesce("r", person["role"])).to_series(),
                "contact_emails": self._merged("contact_email"),
                "contact_phones": self._merged("contact_phone"),
                "website_url": self._website["url"],
                "notes": self._joined("notes"),
                **own,
            }
        )

    def parts(self) -> pl.DataFrame:
        """The phones and e-mails of each slot."""
        import polars as pl

        return pl.DataFrame({"row": self._cells["row"], **self._parts})

    def note_errors(self, raw: pl.DataFrame) -> None:
        """Flag the cells that hold an error such as ``#REF!`` instead of a value; ``raw`` has them as they were."""
        for slot in self._cells.columns:
            if "#" in slot and slot in raw.columns:
                errors = self._cells[slot].is_null() & raw[slot].str.starts_with("#").fill_null(value=False)
                if errors.any():
                    self._note(slot, errors & raw[slot].str.contains(ERROR), Flag.ERROR_CELL)

    def flags(self) -> pl.DataFrame:
        """Everything that was noticed: ``row``, ``slot``, ``flag``, sorted."""
        import polars as pl

        schema: dict[str, Any] = {
            "row": pl.Int64,
            "slot": pl.Categorical(),
            "flag": pl.Enum([flag.value for flag in Flag]),
        }
        together = pl.concat(
            [pl.DataFrame(schema={"row": pl.Int64, "slot": pl.String, "flag": pl.String}), *self._flags]
        )
        return together.unique().sort("row", "slot", "flag").cast(pl.Schema(schema))

    # ------------------------------------------------------------------------------------------- slots

    def _slots(self, field: str) -> list[str]:
        numbered = (slot for slot in self._cells.columns if slot.partition("#")[0] == field and "#" in slot)
        return sorted(numbered, key=lambda slot: int(slot.partition("#")[2]))

    def _one(self, field: str) -> pl.Series:
        """The cells of a field that takes one column."""
        import polars as pl

        slot = f"{field}#0"
        if slot in self._cells.columns:
            return self._cells[slot]
        return pl.Series(field, [None], dtype=pl.String).new_from_index(0, self._cells.height)

    def _joined(self, field: str) -> pl.Series:
        """The cells of a field one below the other; null where all are."""
        import polars as pl

        slots = self._slots(field)
        if len(slots) < 2:
            return self._one(field)
        joined = pl.concat_str(slots, separator="\n", ignore_nulls=True)
        return self._cells.select(pl.when(joined != "").then(joined)).to_series()

    def _several(self, slot: str) -> pl.Series:
        """The e-mails or phones of a slot."""
        profile, values = self._profile, self._cells[slot]
        if "phone" in slot:
            found = phones(values, PhoneRules(profile.country, profile.area_code))
            self._list(slot, found["flags"])
            return found["phones"]
        found = emails(values, profile.free_mail, profile.role_mail)
        self._list(slot, found["flags"])
        return found["emails"]

    def _merged(self, *fields: str) -> pl.Series:
        """The lists of all slots of some fields as one, each value once."""
        import polars as pl

        slots = [self._parts[slot] for field in fields for slot in self._slots(field)]
        if not slots:
            empty = pl.Series([[]], dtype=pl.List(pl.String))
            return empty.new_from_index(0, self._cells.height)
        frame = pl.DataFrame({f"s{number}": series for number, series in enumerate(slots)})
        return frame.select(pl.concat_list(pl.all()).list.unique(maintain_order=True)).to_series()

    # ------------------------------------------------------------------------------------------ places

    @cached_property
    def _website(self) -> pl.DataFrame:
        written = squeeze(self._one("website"))
        found = websites(written)
        self._list("website#0", found["flags"])
        return found.select("url", "domain", written=written)

    def _mail_domain(self, mails: pl.Series) -> pl.Series:
        """The first domain that is the organisation's own."""
        import polars as pl

        free = self._profile.free_mail
        each = pl.DataFrame({"row": self._cells["row"], "mail": mails}).explode("mail").drop_nulls("mail")
        hosts = each["mail"].str.extract("(@.*)$")
        domains = on_distinct(hosts, lambda host: (email_domain(host, free),), {"domain": pl.String})
        first = each.hstack(domains).drop_nulls("domain").group_by("row", maintain_order=True).first()
        joined = self._cells.select("row").join(first, on="row", how="left", maintain_order="left")
        return joined["domain"]

    def _place(self, address: pl.Series) -> pl.DataFrame:
        """The address's parts; a column of its own comes before what the address says."""
        import polars as pl

        profile = self._profile
        parts = addresses(address, profile.country, profile.regions)
        country = countries(self._one("country"), profile.countries)
        self._list("country#0", country["flags"])
        region = regions(self._one("region"), profile.country, profile.regions)
        self._list("region#0", region["flags"])
        code = postcodes(self._one("postcode"), profile.country)
        self._list("postcode#0", code["flags"])
        differs = (code["postcode"] != parts["postcode"]).fill_null(value=False)
        self._note("postcode#0", differs, Flag.POSTCODE_DIFFERS)
        own = pl.DataFrame(
            {
                "own_postcode": code["postcode"],
                "own_locality": squeeze(self._one("locality")),
                "own_region": region["region"],
                "own_country": country["country"],
            }
        )
        known = pl.lit(profile.country, dtype=pl.String)
        return parts.hstack(own).select(
            "house_number",
            "street_key",
            "street_name",
            "unit",
            pl.coalesce("own_postcode", "postcode").alias("postcode"),
            pl.coalesce("own_locality", "locality").alias("locality"),
            pl.coalesce("own_region", "region").alias("region"),
            # A country that is written and not known is not the profile's.
            pl.when(pl.Series(self._one("country")).is_null())
            .then(known)
            .otherwise("own_country")
            .alias("country"),
        )

    # ------------------------------------------------------------------------------------------- flags

    def _note(self, slot: str, mask: pl.Series, flag: Flag) -> None:
        """Flag the rows of a mask."""
        import polars as pl

        rows = self._cells["row"].filter(mask)
        if len(rows):
            self._flags.append(
                pl.DataFrame({"row": rows}).with_columns(slot=pl.lit(slot), flag=pl.lit(flag.value))
            )

    def _list(self, slot: str, flags: pl.Series) -> None:
        """Take a normaliser's flags over."""
        import polars as pl

        each = pl.DataFrame({"row": self._cells["row"], "flag": flags}).explode("flag").drop_nulls("flag")
        if each.height:
            self._flags.append(each.select("row", pl.lit(slot).alias("slot"), "flag"))
