import type { ObjectLiteral } from 'typeorm'
import { AppException } from '../../../errors/app-exception.js'
import { copied } from '../../../helpers/copied.js'
import type { RowData } from '../../../model/matches.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import { hidingScopes } from '../../deletion/hidden-parents.js'
import { referencesOf } from '../../deletion/references.js'
import { spellKeys } from '../../uuid-columns.js'
import { applyInsertRules } from '../insert-rules.js'
import { refuseComputed } from '../known-values.js'
import { lockedReferencesOf, partsOf } from '../locked-references.js'
import { requireKeys } from '../required-keys.js'
import type { Target } from '../write.js'
import { mayClash } from './clashes.js'
import { type ProposedValues, proposing } from './proposed-values.js'
import { loneContext } from './why-rows.js'

/** New rows that are ready to be written, and what was proposed for each, in their order. */
export interface DraftedRows {
  readonly rows: readonly ObjectLiteral[]
  readonly proposed: readonly ProposedValues[]
  readonly context: WriteContext
}

/**
 * Applies the rules of inserts to rows, with what is proposed for them; undefined where a rule has to look at other rows, or refuses
 * one, or the rows may be in each other's way.
 */
export async function draftedRows(
  dataSource: ModelDataSource,
  target: Target,
  rows: readonly ObjectLiteral[],
): Promise<DraftedRows | undefined> {
  const { context, isHooked } = loneContext(dataSource)
  try {
    spellKeys(target.metadata, rows)
    const ruled = await applyInsertRules(rows, target, context)
    requireKeys(target.metadata, rows)
    if (isHooked()) return undefined
    // Of many rows nobody asks for one with a number.
    const propose = proposing(dataSource, target, { now: context.now, isNumbered: rows.length === 1 })
    const refers = refersAtAll(dataSource, target)
    const proposed: ProposedValues[] = []
    const known: RowData[] = []
    for (const [index, row] of rows.entries()) {
      const one = ruled[index]!
      refuseComputed(target.model, one.given)
      const proposal = refers && refersToGuarded(dataSource, target, row) ? undefined : propose(one)
      if (!proposal) return undefined
      Object.assign(row, proposal.values)
      proposed.push(proposal)
      known.push(copied(one.row, proposal.values))
    }
    if (isHooked()) return undefined
    const absent = proposed.map((one) => one.absent)
    return rows.length > 1 && mayClash(target.metadata, known, absent) ? undefined : { rows, proposed, context }
  } catch (error) {
    // Whoever looks says what is refused, and in which order.
    if (error instanceof AppException) return undefined
    throw error
  }
}

/** Whether a row refers to rows that have to be looked at, and kept as they are until it is written. */
function refersToGuarded(dataSource: ModelDataSource, { metadata }: Target, row: RowData): boolean {
  if (lockedReferencesOf(dataSource, metadata).some((one) => partsOf(one, row).some(isGiven))) return true
  return referencesOf(dataSource, metadata).some(
    (one) => isGiven(one.key.getEntityValue(row)) && hidingScopes(dataSource, one) !== undefined,
  )
}

/** Whether rows of an entity may refer to such rows. */
function refersAtAll(dataSource: ModelDataSource, { metadata }: Target): boolean {
  return lockedReferencesOf(dataSource, metadata).length + referencesOf(dataSource, metadata).length > 0
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null
