import type { SchemaObject } from '../../serializer/value-schema.js'
import { valueSchema } from '../../serializer/value-schema.js'
import { parameter, preferred } from '../conditional/describe-conditions.js'
import type { Describe, DescribedScene } from '../description/action-description.js'
import { fieldRefusals } from '../openapi/declared-refusals.js'
import { rowSchema } from '../openapi/describe-answers.js'
import { verbSchema } from '../openapi/describe-verb.js'
import { bulkExamples } from './bulk-examples.js'
import type { BulkLimits } from './bulk-options.js'
import { type BulkKind, writeWayOf } from './bulk-plan.js'
import { takesTags } from './item-condition.js'

/** What documents say of a bulk action. */
export function describeBulk(kind: BulkKind, limits: BulkLimits): Describe {
  return (scene) => {
    const { action, model } = scene
    if (!model) return undefined
    const way = writeWayOf(action, kind, model)
    const doing = kind === 'verb' ? `Does "${action.verb}" to` : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}s`
    const how = way.by === 'call' ? 'by one call where all give the same' : `one after another, because ${way.because}`
    const { max } = limits
    const { body, answer: examples } = bulkExamples(kind, limits, scene)
    return {
      summary: `${doing} up to ${max} rows, all or none, ${how}.`,
      parameters: [preferring],
      headers: { 'Preference-Applied': preferred },
      body: { schema: bodySchema(kind, limits, scene), examples: body },
      answers: [
        { status: 200, description: 'All items were written.', schema: answerSchema(scene), examples },
        ...(limits.perItem
          ? [{ status: 207, description: 'What became of each item.', schema: answerSchema(scene) }]
          : []),
      ],
      problems: [
        'VALIDATION_ERROR',
        ...(kind === 'create' || kind === 'update' ? fieldRefusals(scene) : []),
        ...(kind === 'create' ? [] : (['NOT_FOUND', 'PERMISSION_DENIED'] as const)),
        ...(action.model?.requirePrecondition ? (['PRECONDITION_REQUIRED'] as const) : []),
        ...(isByFilter(kind, limits) ? (['COUNT_DIFFERS'] as const) : []),
        'CONFLICT',
      ],
    }
  }
}

const preferring = {
  ...parameter('Prefer'),
  description: '`return=minimal` leaves out what became of items that did not fail.',
}

const isByFilter = (kind: BulkKind, { maxByFilter }: BulkLimits): boolean =>
  maxByFilter !== undefined && (kind === 'update' || kind === 'delete')

const object = (properties: SchemaObject, required: readonly string[] = Object.keys(properties)): SchemaObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

/** One of the ways in which rows can be named. */
function bodySchema(
  kind: BulkKind,
  limits: BulkLimits,
  { action, model, schemas, naming }: DescribedScene,
): SchemaObject {
  const { max, maxByFilter, perItem, version } = limits
  const listOf = (items: SchemaObject): SchemaObject => ({ type: 'array', items, minItems: 1, maxItems: max })
  const shared = { atomic: { type: 'boolean', default: true, ...(!perItem && { const: true }) } }
  if (kind === 'create') return object({ ...shared, items: listOf(schemas?.create ?? {}) }, ['items'])

  const properties = model?.description.properties
  const [key] = model?.description.primary ?? []
  const id = key ? valueSchema(key.value) : {}
  const versioned = version === undefined ? {} : { version: valueSchema(properties!.get(version)!.value) }
  const patch = schemas?.patch ?? {}
  const tagged = model && takesTags({ model }) ? { [naming.outside('ifMatch')]: { type: 'string' } } : {}
  const own = kind === 'update' ? ((patch['properties'] ?? {}) as SchemaObject) : {}
  const input = verbSchema((action.verb && model?.entity.verbs[action.verb]?.input) || {}, naming)
  const given = kind === 'update' ? { values: patch } : kind === 'verb' ? { input } : {}
  const count = naming.outside('expectedCount')
  const needed = kind === 'update' ? ['values'] : []
  const item = object({ ...own, id, ...versioned, ...tagged, ...(kind === 'verb' && { input }) }, ['id'])
  return {
    anyOf: [
      object({ ...shared, ids: { ...listOf(id), uniqueItems: true }, ...given }, ['ids', ...needed]),
      object({ ...shared, items: listOf(item) }, ['items']),
      ...(isByFilter(kind, limits)
        ? [
            object(
              {
                ...shared,
                filter: filterSchema(model),
                [count]: { type: 'integer', minimum: 1, maximum: maxByFilter },
                ...given,
              },
              ['filter', count, ...needed],
            ),
          ]
        : []),
    ],
  }
}

function filterSchema(model: DescribedScene['model']): SchemaObject {
  const descriptions = model?.list.filters.parameters.flatMap(({ description }) => description ?? []) ?? []
  const properties = descriptions.map(({ name, schema, description }) => [name, { ...schema, description }] as const)
  return { ...object(Object.fromEntries(properties), []), minProperties: 1 }
}

function answerSchema(scene: DescribedScene): SchemaObject {
  const count = { type: 'integer', minimum: 0 }
  const result = object(
    { index: count, id: {}, status: { type: 'integer' }, data: rowSchema(scene) ?? {}, problem: { type: 'object' } },
    ['index', 'status'],
  )
  const summary = object({ total: count, succeeded: count, failed: count })
  return object({ results: { type: 'array', items: result }, summary, answer: {} }, ['results', 'summary'])
}
