import { copied } from '../../../helpers/copied.js'
import { isSameApplication, tableNameAs } from '../../../model/application.js'
import { lockedConditions } from '../../../model/context-values.js'
import { matches, type RowData } from '../../../model/matches.js'
import type { Contributed, Model } from '../../../model/model.js'
import { all } from '../../../model/predicate.js'
import type { Absence, AskingProposal, NumberedProposal, ProposalContext } from '../../../model/proposal.js'
import type { PassageRule } from '../../../model/rule.js'
import { storedKey } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import { companionMetadata } from '../../schema/companions.js'
import { crossedBy, surelyFalse } from '../passages.js'
import type { Target } from '../write.js'
import type { AbsentRows } from './absence-condition.js'

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
  return ({ before, row, given }) => {
    const rules = passedRules(model, before, row)
    if (!rules) return undefined
    const values: Record<string, unknown> = {}
    const absent: AbsentRows[] = []
    const locks: string[] = []
    const counts: string[] = []
    const asking: AskingProposal[] = []
    const numbered: Numbering[] = []
    for (const [index, { rule, place }] of rules.entries()) {
      const after = index === 0 ? row : copied(row, values)
      const proposal = rule.propose?.({ before, after, given, index: 0, count: 1 } as never, context)
      if (!proposal) return undefined
      const keys = needsLocks || rule.counts ? [rule.locks?.(place) ?? []].flat() : []
      for (const key of keys) {
        const stored = storedKey(metadata.tablePath, rule.contributor, model, place, key)
        if (needsLocks) locks.push(stored)
        if (rule.counts) counts.push(stored)
      }
      if (proposal.asking) asking.push(proposal.asking)
      for (const absence of proposal.unless) absent.push(absentRows(dataSource, target, rule, absence))
      const own = isNumbered ? proposal.numbered : undefined
      if (own) numbered.push({ rule, proposal: own, own: proposal.unless.length, place: absent.length })
      Object.assign(values, proposal.values)
    }
    const proposed = { values, absent, locks: inOrder(locks), counts: inOrder(counts), asking }
    const [only, ...others] = numbered
    // Of several nobody knows which values were taken.
    return only && others.length === 0
      ? copied(proposed, { numbered: numberedBy(dataSource, target, only, { row, proposed }) })
      : proposed
  }
}

/** Keys of locks as they are taken, each once. */
const inOrder = (keys: readonly string[]): readonly string[] => (keys.length > 1 ? [...new Set(keys)].sort() : keys)

/** A rule by which a row enters or leaves, and the row whose locks it takes. */
interface Passed {
  readonly rule: Contributed<PassageRule<RowData, never>>
  readonly place: RowData
}

/** The rules by which a row passes; undefined where it does not only come into sight, or only go out of it. */
function passedRules(model: Model, before: RowData | null, after: RowData): readonly Passed[] | undefined {
  const { rules, visible } = model
  const entered = (enter: readonly Passed['rule'][]) => enter.map((rule) => ({ rule, place: after }))
  if (!before) {
    return entered(matches(visible, after) ? rules.enter : rules.enter.filter(({ among }) => among === 'stored'))
  }
  const { enter, leave } = crossedBy(model, { before, after })
  if (!matches(visible, before)) {
    return leave.length === 0 && enter.every(({ among }) => among !== 'stored') ? entered(enter) : undefined
  }
  const isHidden = !matches(visible, after) && enter.length === 0
  return isHidden ? leave.map((rule) => ({ rule, place: before })) : undefined
}

/** A proposal of a rule that can be made with a number, and where what must not be there for it stands among all. */
interface Numbering {
  readonly rule: Passed['rule']
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

function contextOf({ model, metadata }: Target, now: Date): ProposalContext {
  const keys = metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
  return { now, model, keys, visible: (where) => all(where, model.visible) }
}

function absentRows(
  dataSource: ModelDataSource,
  { model, metadata }: Target,
  { contributor }: Passed['rule'],
  { companion, where }: Absence,
): AbsentRows {
  if (companion === undefined) {
    const locked = lockedConditions(model)
    return { metadata, where: locked.length === 0 ? where : all(where, ...locked) }
  }
  const applied = model.traits.find((one) => isSameApplication(one, contributor))
  return { metadata: companionMetadata(dataSource, metadata, tableNameAs(applied?.definition.as, companion)), where }
}
