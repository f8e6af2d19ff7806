import { DefinitionError } from '../../errors/definition-error.js'
import type { Model } from '../../model/model.js'
import { columnOf } from '../schema/column-terms.js'
import { visibleRows } from '../schema/visible-rows.js'
import type { Guarded } from './guard.js'

/**
 * Refuses an INSERT that could overwrite a row the scopes hide. What it overwrites is found by a unique key, where no
 * condition can be added. That is safe only when the key itself holds every property that decides which rows are shown.
 * @throws {DefinitionError} `E_UNGUARDED_WRITE`
 */
export function refuseUpsert({ expressionMap: { onUpdate, mainAlias }, guard }: Guarded): void {
  if (!onUpdate || !mainAlias?.hasMetadata) return
  const { metadata } = mainAlias
  const model = guard.model(metadata)
  if (!model || !guard.hides(metadata)) return
  const rows = visibleRows(model)
  const honoursTarget = metadata.dataSource.driver.supportedUpsertTypes.includes('on-conflict-do-update')
  const target = new Set(Array.isArray(onUpdate.conflict) ? onUpdate.conflict : [])
  const decided = rows.properties.every((name) => target.has(columnOf(metadata, name)?.databaseName ?? ''))
  if (honoursTarget && !rows.where && rows.inexpressible.length === 0 && decided) return
  throw unguarded(model)
}

function unguarded(model: Model): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNGUARDED_WRITE',
      subject: model.name,
      problem: 'an upsert may overwrite rows that the default scopes hide.',
      places: Object.entries(model.scopes).map(
        ([name, { contributor }]) => `the scope "${name}" of @${contributor.trait}`,
      ),
      remedy: 'Use updateOrCreate(values, { by: [...] }) of its repository.',
    },
  ])
}
