import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import type { Target } from '../write.js'

/** A row that a statement of its own has written. */
export interface CommittedRow {
  readonly kind: string
  /** Its primary key. */
  readonly id: unknown
  readonly context: WriteContext
}

/** Tells those who hear of every committed write of a row that a statement has written, before its caller goes on. */
export async function tellCommitted(
  { events, units }: ModelDataSource,
  { model: { entity } }: Target,
  { kind, id, context: { operation } }: CommittedRow,
): Promise<void> {
  if (!events.watched) return
  const event = Object.freeze({ kind, entity, ids: [id], operation })
  await units.runHooks([() => events.tell(event)])
}
