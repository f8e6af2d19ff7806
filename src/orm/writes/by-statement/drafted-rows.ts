import type { ObjectLiteral } from 'typeorm'
import { AppException } from '../../../errors/app-exception.js'
import type { Awaitable } from '../../../helpers/awaitable.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import { spellKeys } from '../../uuid-columns.js'
import { applyInsertRules, type RuledRow } from '../insert-rules.js'
import { refuseComputed } from '../known-values.js'
import { requireKeys } from '../required-keys.js'
import type { Target } from '../write.js'
import { mayClash } from './clashes.js'
import { refersAtAll, refersToGuarded } from './guarded-references.js'
import { isProposable } from './proposable.js'
import { type ProposedValues, proposing } from './proposed-values.js'
import { type LoneContext, loneContext } from './why-rows.js'

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
export function draftedRows(
  dataSource: ModelDataSource,
  target: Target,
  rows: readonly ObjectLiteral[],
): Awaitable<DraftedRows | undefined> {
  const lone = loneContext(dataSource)
  try {
    spellKeys(target.metadata, rows)
    const ruled = applyInsertRules(rows, target, lone.context)
    if (!(ruled instanceof Promise)) return drafted(dataSource, target, rows, { ...lone, ruled })
    return ruled.then((those) => drafted(dataSource, target, rows, { ...lone, ruled: those })).catch(refused)
  } catch (error) {
    return refused(error)
  }
}

/** Whoever looks says what is refused, and in which order. */
function refused(error: unknown): undefined {
  if (error instanceof AppException) return undefined
  throw error
}

interface Ruled extends LoneContext {
  readonly ruled: readonly RuledRow[]
}

function drafted(
  dataSource: ModelDataSource,
  target: Target,
  rows: readonly ObjectLiteral[],
  { context, isHooked, ruled }: Ruled,
): DraftedRows | undefined {
  requireKeys(target.metadata, rows)
  if (isHooked()) return undefined
  // Of many rows nobody asks for one with a number.
  const propose = proposing(dataSource, target, { now: context.now, isNumbered: rows.length === 1 })
  const refers = refersAtAll(dataSource, target)
  const enters = target.model.rules.enter.length > 0
  const proposed: ProposedValues[] = []
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    const one = ruled[index]!
    refuseComputed(target.model, one.given)
    const proposal =
      refers && refersToGuarded(dataSource, target, row)
        ? undefined
        : propose({ before: null, row: one.row, given: one.given })
    if (!proposal || (rows.length > 1 && dependsOnOthers(proposal))) return undefined
    if (enters && !isProposable(dataSource, target, proposal.values)) return undefined
    Object.assign(row, proposal.values)
    proposed.push(proposal)
  }
  const clash = () => {
    const drafts = proposed.map(({ values, absent }, index) => ({ row: ruled[index]!.row, values, absent }))
    return mayClash(target.metadata, drafts)
  }
  return rows.length > 1 && clash() ? undefined : { rows, proposed, context }
}

/** Whether what is proposed for one row depends on whether another is there. */
const dependsOnOthers = ({ asking, counts }: ProposedValues): boolean => asking.length + counts.length > 0
