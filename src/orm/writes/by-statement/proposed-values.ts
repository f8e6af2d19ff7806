import { isSameApplication, tableNameAs } from '../../../model/application.js'
import { lockedConditions } from '../../../model/context-values.js'
import { matches, type RowData } from '../../../model/matches.js'
import type { Contributed, Model } from '../../../model/model.js'
import { all } from '../../../model/predicate.js'
import type { Absence, ProposalContext } from '../../../model/proposal.js'
import type { EnterRule } from '../../../model/rule.js'
import { storedKey } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import { companionMetadata } from '../../schema/companions.js'
import type { Target } from '../write.js'
import type { AbsentRows } from './absence-condition.js'

/** What the rules by which a new row enters propose for it. */
export interface ProposedValues {
  readonly values: RowData
  readonly absent: readonly AbsentRows[]
  /** The stored keys of the locks under which rows are absent, sorted, each once. */
  readonly locks: readonly string[]
}

/** A new row before its rules `enter`. */
export interface NewRow {
  readonly row: RowData
  /** What the caller gave, with what the insert rules have set. */
  readonly given: RowData
}

/** Whether every rule by which rows of an entity may enter can propose what it wants. */
export function canPropose({ rules }: Model): boolean {
  return rules.enter.every((rule) => rule.propose !== undefined)
}

/** What is proposed for a new row; undefined where a rule has to look at other rows. */
export function proposedValues(
  dataSource: ModelDataSource,
  target: Target,
  { row, given }: NewRow,
  now: Date,
): ProposedValues | undefined {
  const { model, metadata } = target
  const isVisible = matches(model.visible, row)
  const context = contextOf(model, now)
  const values: Record<string, unknown> = {}
  const absent: AbsentRows[] = []
  const locks = new Set<string>()
  for (const rule of model.rules.enter) {
    if (!isVisible && rule.among !== 'stored') continue
    const entry = { before: null, after: { ...row, ...values }, given, index: 0, count: 1 }
    const proposal = rule.propose?.(entry, context)
    if (!proposal) return undefined
    for (const key of [rule.locks?.(row) ?? []].flat()) {
      locks.add(storedKey(metadata.tablePath, rule.contributor, model, row, key))
    }
    absent.push(...proposal.unless.map((absence) => absentRows(dataSource, target, rule, absence)))
    Object.assign(values, proposal.values)
  }
  return { values, absent, locks: [...locks].sort() }
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
  if (companion === undefined) return { metadata, where: all(where, ...lockedConditions(model)) }
  const applied = model.traits.find((one) => isSameApplication(one, contributor))
  return { metadata: companionMetadata(dataSource, metadata, tableNameAs(applied?.definition.as, companion)), where }
}
