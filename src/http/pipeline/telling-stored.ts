import type { AnyClass } from '../../metadata/fact-kind.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { rowsOf } from '../../orm/relations/related.js'
import { notingTouched, refreshTouched } from '../../orm/writes/touched-rows.js'
import type { ActionModel } from '../action-model.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { isSuccess } from '../outcome.js'
import type { Run } from '../step.js'

/**
 * Runs an action that writes. What it answers of a row is what is stored, also where the row was written once more after the
 * action had it, because something made it younger.
 */
export function tellingStored(run: Run, { writes, entity }: ActionModel, host: PipelineHost): Run {
  if (!writes || !entity) return run
  return (exchange) =>
    notingTouched(async () => {
      await run(exchange)
      const rows = rowsIn(exchange.outcome, entity)
      if (rows.length > 0) await refreshTouched(rowsOf(dataSourceOf(host), entity), rows)
    })
}

/** The entities among what an action returned. */
function rowsIn(outcome: unknown, entity: AnyClass): readonly EntityRow[] {
  if (typeof outcome !== 'object' || outcome === null) return []
  const data = !(outcome instanceof entity) && isSuccess(outcome) ? outcome.data : outcome
  return [data].flat().filter((one): one is EntityRow => one instanceof entity)
}
