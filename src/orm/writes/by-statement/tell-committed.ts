import type { Awaitable } from '../../../helpers/awaitable.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import type { Target } from '../write.js'

/** Rows that a statement of their own has written. */
export interface CommittedRows {
  readonly kind: string
  /** Their primary keys. */
  readonly ids: readonly unknown[]
  readonly context: WriteContext
}

/**
 * Tells those who hear of every committed write of rows that a statement has written, before its caller goes on; in a unit of work
 * once that is committed.
 * @param written is asked only where anybody hears.
 */
export function tellCommitted(
  { events, units, isInUnit }: ModelDataSource,
  { model: { entity } }: Target,
  written: () => CommittedRows,
): Awaitable<void> {
  if (!events.watched) return undefined
  const {
    kind,
    ids,
    context: { operation },
  } = written()
  const event = Object.freeze({ kind, entity, ids, operation })
  const tell = () => events.tell(event)
  return isInUnit ? units.afterCommit(tell) : units.runHooks([tell])
}
