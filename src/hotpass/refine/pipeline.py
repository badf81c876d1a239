"""Inputs → a refined dataset, in one function whose result holds everything that was decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotpass import progress
from hotpass.refine import telling
from hotpass.refine.assembling import OUTPUT_OF, Assembly, Organisation
from hotpass.refine.duplicates import ORGANISATION, Decision, Resolution, resolve
from hotpass.refine.explanation import Explanation, explain
from hotpass.refine.export import Contact, Sheet, contacts_frame, data_frame, output_sheets
from hotpass.refine.findings import Findings, flag_counts, mean_score
from hotpass.refine.identities import Identities, identify
from hotpass.refine.inputs import Inputs
from hotpass.refine.prepare import prepare
from hotpass.refine.prepared import Prepared
from hotpass.refine.previous import Previous, traits_of
from hotpass.refine.profiles import Profile
from hotpass.refine.rules import rule_of
from hotpass.refine.survivors import Survivor, choose_survivors
from hotpass.refine.validate import Validation, validate

if TYPE_CHECKING:
    import polars as pl

_STEPS = 5
# Those that take time: prepare, resolve, choose, name, check.


@dataclass(frozen=True)
class Refined:
    """Everything that a run decided.

    ``organisations`` are in the order of the clusters of ``resolution`` and of the rows of ``table``, which is the output
    before its rules were asked; ``validation`` parts it. ``quarantine`` are the rows set aside, those that name no
    organisation among them. ``contacts`` are those of the rows that stay.
    """

    profile: Profile
    inputs: Inputs
    prepared: Prepared
    resolution: Resolution
    identities: Identities
    organisations: tuple[Organisation, ...]
    table: pl.DataFrame
    validation: Validation
    quarantine: pl.DataFrame
    contacts: tuple[Contact, ...]
    findings: Findings

    @property
    def data(self) -> pl.DataFrame:
        """The refined dataset as its main table: sorted by id, lineage last."""
        return data_frame(self.validation.data)

    def sheets(self) -> tuple[Sheet, ...]:
        """The refined dataset as the sheets of a workbook."""
        return output_sheets(
            self.validation.data, contacts_frame(self.contacts), self.quarantine, self.findings
        )

    def number_of(self, organization_id: str) -> int | None:
        """The place of an organisation, by its id or one that was merged into it; None where nobody has it."""
        for number, each in enumerate(self.organisations):
            if each.id == organization_id or organization_id in each.merged:
                return number
        return None

    def explain(self, number: int) -> Explanation:
        """Why the organisation of a number is what it is."""
        return explain(self.resolution, number, self.organisations[number].survivor)


def refine(
    inputs: Inputs,
    profile: Profile,
    previous: Previous | None = None,
    decisions: Iterable[Decision] = (),
    threads: int | None = None,
) -> Refined:
    """Refine what was read: find tables, map, clean, resolve, choose, name, check.

    ``previous`` says which organisation had which id in the version before, ``decisions`` what people said about
    uncertain pairs. The result follows from the arguments alone; ``threads`` make it no other.

    :raises DecisionsContradictError: the decisions cannot all be obeyed.
    """
    progress.begin("refining", _STEPS, "steps")
    try:
        return _refined(inputs, profile, previous or Previous(), decisions, threads)
    finally:
        progress.end()


def _refined(
    inputs: Inputs, profile: Profile, known: Previous, decisions: Iterable[Decision], threads: int | None
) -> Refined:
    prepared = prepare(inputs.grids, profile)
    progress.advance(1)
    thresholds = profile.thresholds
    model = replace(ORGANISATION, match=thresholds.match, review=thresholds.review)
    resolution = resolve(prepared.records, model, decisions, threads)
    progress.advance(1)
    survivors = choose_survivors(
        prepared.records, resolution.clusters, profile.source_priority, prepared.further
    )
    progress.advance(1)
    own = [name for name in prepared.further.columns if name != "row"]
    assembly = Assembly(prepared, own)
    organisations, table, identities = _identified(assembly, resolution, survivors, known)
    progress.advance(1)
    problems = [
        problem for number, each in enumerate(organisations) for problem in assembly.problems(number, each)
    ]
    validation = validate(table, [rule_of(rule) for rule in profile.rules], problems)
    quarantine = _quarantine(validation, prepared)
    contacts = tuple(
        contact for number in validation.kept for contact in assembly.contacts(organisations[number])
    )
    progress.advance(1)
    findings = _findings(profile, inputs, prepared, resolution, validation)
    findings = replace(
        findings,
        quarantined=quarantine.height,
        quarantine=telling.quarantined(quarantine),
        merges=telling.merged_records(assembly, organisations),
        conflicts=telling.conflicts(assembly, organisations, prepared, {*OUTPUT_OF, *own}),
        previous=known.version,
        identities=identities,
    )
    return Refined(
        profile,
        inputs,
        prepared,
        resolution,
        identities,
        organisations,
        table,
        validation,
        quarantine,
        contacts,
        findings,
    )


def _identified(
    assembly: Assembly, resolution: Resolution, survivors: Sequence[Survivor], known: Previous
) -> tuple[tuple[Organisation, ...], pl.DataFrame, Identities]:
    """The organisations with their ids, and the table of them."""
    refs = [tuple(resolution.refs[row] for row in rows) for rows in resolution.clusters]
    unnamed = [Organisation("", survivor, names) for survivor, names in zip(survivors, refs, strict=True)]
    first = assembly.table(unnamed)
    identities = identify(refs, known.known, [traits_of(row) for row in _texts(first)])
    merged = known.merged_into(identities)
    organisations = tuple(
        replace(each, id=name, merged=merged.get(name, ()))
        for each, name in zip(unnamed, identities.ids, strict=True)
    )
    return organisations, _named(first, organisations), identities


def _texts(table: pl.DataFrame) -> list[dict[str, str | None]]:
    return table.select("organization_name", "address", "locality", "phone", "email").to_dicts()


def _named(table: pl.DataFrame, organisations: tuple[Organisation, ...]) -> pl.DataFrame:
    """The table with the ids, which follow from what else it says."""
    import polars as pl

    from_ids = [each.id for each in organisations]
    merged = ["; ".join(each.merged) or None for each in organisations]
    return table.with_columns(
        pl.Series("organization_id", from_ids, dtype=pl.String),
        pl.Series("merged_ids", merged, dtype=pl.String),
    )


def _quarantine(validation: Validation, prepared: Prepared) -> pl.DataFrame:
    import polars as pl

    aside = validation.quarantine
    rows = telling.unnamed_rows(prepared, aside.columns)
    if not rows:
        return aside
    texts = {name: pl.String for name in aside.columns if name != "quality_score"}
    unnamed = pl.DataFrame({name: [row.get(name) for row in rows] for name in texts}, schema=texts)
    # A date that stands in such a row was not read as one: its column is of texts then.
    dates = pl.col("last_interaction_date").cast(pl.String)
    return pl.concat([aside.with_columns(dates), unnamed], how="diagonal").select(aside.columns)


def _findings(
    profile: Profile, inputs: Inputs, prepared: Prepared, resolution: Resolution, validation: Validation
) -> Findings:
    rows = prepared.records.height
    skipped = tuple(
        f"values of {' and '.join(each.columns)} that up to {each.largest:,} records share were too common to compare by"
        for each in resolution.skipped
    )
    return Findings(
        profile=profile.name,
        rows_in=rows + prepared.unnamed.height,
        merged=rows - len(resolution.clusters),
        quarantined=0,
        rows_out=validation.data.height,
        inputs=telling.input_files(inputs, prepared),
        columns=telling.mapped_columns(prepared),
        skipped=telling.skipped_rows(prepared),
        doubts=len(resolution.doubts),
        rules=validation.results,
        flags=flag_counts(validation),
        mean_score=mean_score(validation),
        notes=(*inputs.notes, *prepared.notes, *skipped),
    )
