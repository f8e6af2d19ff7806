import { UsageError } from '../../errors/usage-error.js'
import type { EntityDescription } from '../../model/entity-description.js'
import type { Lookup } from '../../model/lookup.js'
import { lookupOf } from '../../model/lookup.js'
import type { Model } from '../../model/model.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { hasId } from '../../orm/parse-id.js'
import { firstCompanion } from '../../orm/reads/read-companion.js'
import type { Selection } from '../../orm/selection.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { valueReaderOf } from '../lists/filter-value.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import { runningRepository } from '../running.js'
import { lookupProperty } from './lookup-property.js'

/** A row that the text of a route names. */
export interface FoundRow {
  readonly row: EntityRow
  /** What the row is called now, where the text is what it was called before. */
  readonly movedTo?: string
}

/** Finds the row that a text names among rows that a call may see. */
export interface RowFinder {
  /** Whether rows are named by their primary key. */
  readonly byKey: boolean
  /** The rows that are called so now, one at most; undefined where none can be. */
  named(rows: Selection<EntityRow>, text: string, exchange: Exchange): Selection<EntityRow> | undefined
  /** The row that was called so before, where rows keep the names they have given up. */
  moved?(rows: Selection<EntityRow>, text: string, exchange: Exchange): Promise<FoundRow | undefined>
}

/** What is known of rows that texts name: by a property, or by the primary key where there is none. */
export interface NamedRows {
  readonly entity: Model
  readonly description: EntityDescription
  readonly property: string | undefined
}

/** How the rows of an action are named: by the primary key, or by the property that its viewset looks them up by. */
export function rowFinder(action: ActionModel, host: PipelineHost, model: CompiledModel | undefined): RowFinder {
  const { model: viewSetModel } = action
  const property = lookupProperty(action, model)
  if (property === undefined || !model) return byKey
  const { entity, description } = model
  return finderOf({ entity, description, property }, host, (exchange) => viewSetModel?.scope?.(exchange))
}

const byKey: RowFinder = { byKey: true, named: (rows, text) => rows.byId(text) }

/**
 * How rows are named by the text of a route.
 * @param scopeOf gives the values of the group in which a text names one row.
 */
export function finderOf(
  { entity, description, property }: NamedRows,
  host: PipelineHost,
  scopeOf: (exchange: Exchange) => Readonly<Record<string, unknown>> | undefined,
): RowFinder {
  if (property === undefined) return byKey
  const read = valueReaderOf(description.properties.get(property)?.value ?? { kind: 'string' })
  const lookup = lookupOf(entity, property)
  const groupFor = (exchange: Exchange) => groupOf(lookup, scopeOf(exchange))
  const named: RowFinder['named'] = (rows, text, exchange) => {
    const reading = read(text)
    if (!('value' in reading) || reading.value === '') return undefined
    return rows.where(matching(groupFor(exchange))).where(matching({ [property]: reading.value as Operand }))
  }
  if (!lookup?.retired) return { byKey: false, named }
  const moved: RowFinder['moved'] = async (rows, text, exchange) => {
    if (!named(rows, text, exchange)) return undefined
    const repository = runningRepository(rows.entity)
    const where = await lookup.retired?.(text, {
      model: entity,
      now: dataSourceOf(host).now(),
      group: groupFor(exchange),
      withId: (id) => hasId(repository.metadata, id),
      companion: (name) => ({
        findOneBy: (values) => firstCompanion(repository.companion(name), values as Readonly<Record<string, unknown>>),
      }),
    })
    const owner = where && (await rows.where(where).first())
    return owner ? { row: owner, movedTo: String((owner as Readonly<Record<string, unknown>>)[property]) } : undefined
  }
  return { byKey: false, named, moved }
}

/** The values that make the group of a text, which the scope of the viewset says. */
function groupOf(lookup: Lookup | undefined, scope: Readonly<Record<string, unknown>> = {}) {
  const names = lookup?.within ?? []
  const missing = names.filter((name) => scope[name] === undefined)
  if (missing.length > 0)
    throw new UsageError('E_SCOPE_VALUES', `The scope of the viewset says nothing of ${missing.join(', ')}.`)
  return Object.fromEntries(names.map((name) => [name, scope[name] as Operand | null]))
}
