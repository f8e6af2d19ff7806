import { copied } from '../../../helpers/copied.js'
import { isSameApplication, tableNameAs } from '../../../model/application.js'
import { lockedConditions } from '../../../model/context-values.js'
import { matches, type RowData } from '../../../model/matches.js'
import type { Contributed, Model } from '../../../model/model.js'
import { all } from '../../../model/predicate.js'
import type { Absence, AskingProposal, NumberedProposal, Proposal, ProposalContext } from '../../../model/proposal.js'
import type { PassageRule } from '../../../model/rule.js'
import { storedKey } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import { companionMetadata } from '../../schema/companions.js'
import { crossedBy, surelyFalse } from '../passages.js'
import type { Target } from '../write.js'
import type { AbsentRows } from './absence-condition.js'
import { isProposable } from './proposable.js'

/** What the rules by which a new row enters propose for it. */
export interface ProposedValues {
  readonly values: RowData
  readonly absent: readonly AbsentRows[]
  /** The stored keys of the locks under which rows are absent, sorted, each once. */
  readonly locks: readonly string[]
  /** Those of the locks that are counted with the write. */
  readonly counts: readonly string[]
  /** What more is proposed by answers to questions. */
  readonly asking: readonly AskingProposal[]
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

/** A row that comes into sight or goes out of it, before the rules by which it does. */
export interface PassingRow {
  /** The row as it is stored; null where it is new. */
  readonly before: RowData | null
  readonly row: RowData
  /** What the caller gave; of a new row with what the insert rules have set. */
  readonly given: RowData
}

/** Whether every rule by which new rows of an entity enter can propose what it wants. */
export function canPropose({ rules }: Model): boolean {
  return rules.enter.every((rule) => rule.propose !== undefined)
}

/** Whether the rules by which a row that is stored passes, by values, can do so, where a single statement writes it. */
export function canProposeFor({ dialect: { inserts } }: ModelDataSource, model: Model, values: RowData): boolean {
  const counts = typeof inserts.underLocks?.taken === 'object'
  const { enter, leave } = model.rules
  const hides = surelyFalse(model.visible, values)
  const rules: readonly PassageRule<RowData, never>[] = hides ? leave.filter(({ among }) => among !== 'stored') : enter
  return rules.every((rule) => rule.propose !== undefined && (counts || !rule.counts))
}

/**
 * What is proposed for each row of a call that comes into sight or goes out of it; undefined where a rule has to look at other rows.
 * @param isNumbered whether it is to be told what is proposed where the first values are taken.
 */
export function proposing(
  dataSource: ModelDataSource,
  target: Target,
  { now, isNumbered }: { readonly now: Date; readonly isNumbered: boolean },
): (row: PassingRow) => ProposedValues | undefined {
  const { model, metadata } = target
  const context = contextOf(target, now)
  // Nobody else can write meanwhile where locks are not needed.
  const needsLocks = dataSource.dialect.inserts.underLocks?.taken !== 'never'
  const part = (rule: PassingRule, place: RowData, proposal: Proposal): ProposedValues => {
    const keys = needsLocks || rule.counts ? keysOf(rule, place) : none
    const stored = keys.map((key) => storedKey(metadata.tablePath, rule.contributor, model, place, key))
    return {
      values: proposal.values,
      absent: proposal.unless.map((absence) => absentRows(dataSource, target, rule, absence)),
      locks: needsLocks ? inOrder(stored) : none,
      counts: rule.counts ? inOrder(stored) : none,
      asking: proposal.asking ? [proposal.asking] : none,
    }
  }
  return ({ before, row, given }) => {
    const passed = passedRules(model, before, row)
    if (!passed) return undefined
    const { rules, place } = passed
    const numbered: Numbering[] | undefined = isNumbered ? [] : undefined
    let proposed = nothing
    for (const rule of rules) {
      const after = proposed === nothing ? row : copied(row, proposed.values)
      const proposal = rule.propose?.({ before, after, given, index: 0, count: 1 } as never, context)
      if (!proposal) return undefined
      proposed = joined(proposed, part(rule, place, proposal))
      const own = numbered && proposal.numbered
      if (own) numbered.push({ rule, proposal: own, own: proposal.unless.length, place: proposed.absent.length })
    }
    // Of several nobody knows which values were taken.
    if (numbered?.length !== 1) return proposed
    return copied(proposed, { numbered: numberedBy(dataSource, target, numbered[0]!, { row, proposed }) })
  }
}

const none: readonly never[] = Object.freeze([])
const nothing: ProposedValues = Object.freeze({ values: {}, absent: none, locks: none, counts: none, asking: none })

/** What several rules propose; most rows pass by one. */
function joined(one: ProposedValues, other: ProposedValues): ProposedValues {
  if (one === nothing) return other
  return {
    values: copied(one.values, other.values),
    absent: [...one.absent, ...other.absent],
    locks: inOrder([...one.locks, ...other.locks]),
    counts: inOrder([...one.counts, ...other.counts]),
    asking: [...one.asking, ...other.asking],
  }
}

/** Keys of locks as they are taken, each once. */
const inOrder = (keys: readonly string[]): readonly string[] => (keys.length > 1 ? [...new Set(keys)].sort() : keys)

/** The locks that a rule takes for a row. */
function keysOf(rule: PassingRule, row: RowData): readonly string[] {
  const keys = rule.locks?.(row) ?? none
  return typeof keys === 'string' ? [keys] : keys
}

type PassingRule = Contributed<PassageRule<RowData, never>>

/** The rules by which a row enters or leaves, and the row whose locks they take. */
interface Passed {
  readonly rules: readonly PassingRule[]
  readonly place: RowData
}

/** The rules by which a row passes; undefined where it does not only come into sight, or only go out of it. */
function passedRules(model: Model, before: RowData | null, after: RowData): Passed | undefined {
  const { rules, visible } = model
  if (!before) {
    const isSeen = matches(visible, after)
    return { rules: isSeen ? rules.enter : rules.enter.filter(({ among }) => among === 'stored'), place: after }
  }
  const { enter, leave } = crossedBy(model, { before, after })
  if (!matches(visible, before)) {
    const entersAlone = leave.length === 0 && enter.every(({ among }) => among !== 'stored')
    return entersAlone ? { rules: enter, place: after } : undefined
  }
  const isHidden = !matches(visible, after) && enter.length === 0
  return isHidden ? { rules: leave, place: before } : undefined
}

/** A proposal of a rule that can be made with a number, and where what must not be there for it stands among all. */
interface Numbering {
  readonly rule: PassingRule
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
      if (!next || !isProposable(dataSource, target, next.values)) return undefined
      const others = proposed.absent.filter((_, index) => index < place - own || index >= place)
      const absent = next.unless.map((absence) => absentRows(dataSource, target, rule, absence))
      const values = { ...proposed.values, ...next.values }
      return { ...proposed, values, absent: [...others, ...absent], present: taken }
    },
  }
}

function contextOf({ model, metadata }: Target, now: Date): ProposalContext {
  const keys = metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
  return { now, model, keys, visible: (where) => all(where, model.visible) }
}

function absentRows(
  dataSource: ModelDataSource,
  { model, metadata }: Target,
  { contributor }: PassingRule,
  { companion, where }: Absence,
): AbsentRows {
  if (companion === undefined) {
    const locked = lockedConditions(model)
    return { metadata, where: locked.length === 0 ? where : all(where, ...locked) }
  }
  const applied = model.traits.find((one) => isSameApplication(one, contributor))
  return { metadata: companionMetadata(dataSource, metadata, tableNameAs(applied?.definition.as, companion)), where }
}
