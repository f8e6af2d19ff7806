import { copied } from '../../../helpers/copied.js'
import { isSameApplication, tableNameAs } from '../../../model/application.js'
import { lockedConditions } from '../../../model/context-values.js'
import { matches, type RowData } from '../../../model/matches.js'
import type { Contributed, Model } from '../../../model/model.js'
import { all } from '../../../model/predicate.js'
import type { Absence, NumberedProposal, ProposalContext } from '../../../model/proposal.js'
import type { EnterRule } from '../../../model/rule.js'
import { storedKey } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import { companionMetadata } from '../../schema/companions.js'
import { crossedBy } from '../passages.js'
import type { Target } from '../write.js'
import type { AbsentRows } from './absence-condition.js'

/** What the rules by which a new row enters propose for it. */
export interface ProposedValues {
  readonly values: RowData
  readonly absent: readonly AbsentRows[]
  /** The stored keys of the locks under which rows are absent, sorted, each once. */
  readonly locks: readonly string[]
  /** Rows of which one must be there. */
  readonly present?: AbsentRows
  /** What is proposed where these values are taken. */
  readonly numbered?: NumberedValues
}

/** What is proposed with the next number of a counter. */
export interface NumberedValues {
  /** The stored key of the counter. */
  readonly counter: string
  /** Rows of which one must be there, or no number is taken. */
  readonly taken: AbsentRows
  /** Undefined where the rule has to look at other rows. */
  with(number: number): ProposedValues | undefined
}

/** A row that comes into sight, before its rules `enter`. */
export interface EnteringRow {
  /** The row as it is stored; null where it is new. */
  readonly before: RowData | null
  readonly row: RowData
  /** What the caller gave; of a new row with what the insert rules have set. */
  readonly given: RowData
}

/** Whether every rule by which rows of an entity may enter can propose what it wants. */
export function canPropose({ rules }: Model): boolean {
  return rules.enter.every((rule) => rule.propose !== undefined)
}

/**
 * What is proposed for each row of a call that comes into sight; undefined where a rule has to look at other rows.
 * @param isNumbered whether it is to be told what is proposed where the first values are taken.
 */
export function proposing(
  dataSource: ModelDataSource,
  target: Target,
  { now, isNumbered }: { readonly now: Date; readonly isNumbered: boolean },
): (row: EnteringRow) => ProposedValues | undefined {
  const { model, metadata } = target
  const context = contextOf(model, now)
  // Nobody else can write meanwhile where locks are not needed.
  const needsLocks = dataSource.dialect.inserts.underLocks?.taken !== 'never'
  return ({ before, row, given }) => {
    const enter = enteringRules(model, before, row)
    if (!enter) return undefined
    const values: Record<string, unknown> = {}
    const absent: AbsentRows[] = []
    const locks: string[] = []
    const numbered: Numbering[] = []
    let isFirst = true
    for (const rule of enter) {
      const after = isFirst ? row : copied(row, values)
      isFirst = false
      const proposal = rule.propose?.({ before, after, given, index: 0, count: 1 }, context)
      if (!proposal) return undefined
      const keys = (needsLocks && rule.locks?.(row)) || []
      for (const key of typeof keys === 'string' ? [keys] : keys) {
        locks.push(storedKey(metadata.tablePath, rule.contributor, model, row, key))
      }
      for (const absence of proposal.unless) absent.push(absentRows(dataSource, target, rule, absence))
      const own = isNumbered ? proposal.numbered : undefined
      if (own) numbered.push({ rule, proposal: own, own: proposal.unless.length, place: absent.length })
      Object.assign(values, proposal.values)
    }
    const proposed = { values, absent, locks: locks.length > 1 ? [...new Set(locks)].sort() : locks }
    const [only, ...others] = numbered
    // Of several nobody knows which values were taken.
    return only && others.length === 0
      ? copied(proposed, { numbered: numberedBy(dataSource, target, only, { row, proposed }) })
      : proposed
  }
}

/** The rules that a row which comes into sight enters by; undefined where it was in sight, leaves something or changes its group. */
function enteringRules(
  model: Model,
  before: RowData | null,
  after: RowData,
): readonly Contributed<EnterRule>[] | undefined {
  const { rules, visible } = model
  if (!before) return matches(visible, after) ? rules.enter : rules.enter.filter(({ among }) => among === 'stored')
  if (matches(visible, before)) return undefined
  const { enter, leave } = crossedBy(model, { before, after })
  return leave.length === 0 && enter.every(({ among }) => among !== 'stored') ? enter : undefined
}

/** A proposal of a rule that can be made with a number, and where what must not be there for it stands among all. */
interface Numbering {
  readonly rule: Contributed<EnterRule>
  readonly proposal: NumberedProposal
  readonly own: number
  readonly place: number
}

function numberedBy(
  dataSource: ModelDataSource,
  target: Target,
  { rule, proposal, own, place }: Numbering,
  { row, proposed }: { readonly row: RowData; readonly proposed: ProposedValues },
): NumberedValues {
  const { model, metadata } = target
  const taken = absentRows(dataSource, target, rule, proposal.taken)
  return {
    taken,
    counter: storedKey(metadata.tablePath, rule.contributor, model, row, proposal.counter),
    with(number) {
      const next = proposal.proposed(number)
      if (!next) return undefined
      const others = proposed.absent.filter((_, index) => index < place - own || index >= place)
      const absent = next.unless.map((absence) => absentRows(dataSource, target, rule, absence))
      const values = { ...proposed.values, ...next.values }
      return { ...proposed, values, absent: [...others, ...absent], present: taken }
    },
  }
}

function contextOf(model: Model, now: Date): ProposalContext {
  return { now, model, visible: (where) => all(where, model.visible) }
}

function absentRows(
  dataSource: ModelDataSource,
  { model, metadata }: Target,
  { contributor }: Contributed<EnterRule>,
  { companion, where }: Absence,
): AbsentRows {
  if (companion === undefined) {
    const locked = lockedConditions(model)
    return { metadata, where: locked.length === 0 ? where : all(where, ...locked) }
  }
  const applied = model.traits.find((one) => isSameApplication(one, contributor))
  return { metadata: companionMetadata(dataSource, metadata, tableNameAs(applied?.definition.as, companion)), where }
}
