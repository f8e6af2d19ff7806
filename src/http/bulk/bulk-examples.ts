import type { DescribedScene } from '../description/action-description.js'
import type { NamedExamples } from '../examples/named-examples.js'
import type { BulkLimits } from './bulk-options.js'
import type { BulkKind } from './bulk-plan.js'

type Members = Readonly<Record<string, unknown>>

/** Examples of a bulk action: of its body, and of its answer where all items are written. */
export interface BulkExamples {
  readonly body: NamedExamples
  readonly answer: NamedExamples
}

const none: BulkExamples = { body: {}, answer: {} }
const statuses: Readonly<Record<BulkKind, number>> = { create: 201, update: 200, verb: 200, delete: 204 }

/** Makes examples of a bulk action of those of its viewset. What a verb must be given besides, they do not know. */
export function bulkExamples(kind: BulkKind, { max }: BulkLimits, scene: DescribedScene): BulkExamples {
  const { examples, model, action, naming } = scene
  const [key] = model?.description.primary ?? []
  if (!examples || !key) return none
  const name = naming.outside(key.name)
  const rows = (Object.values(examples.rows) as readonly Members[]).slice(0, max)
  const ids = rows.map((row) => row[name]).filter((id) => id !== undefined)
  const verb = action.verb === undefined ? undefined : model?.entity.verbs[action.verb]
  if (rows.length === 0 || ids.length < rows.length || Object.keys(verb?.input ?? {}).length > 0) return none

  const results = rows.map((row, index) => ({
    index,
    id: ids[index],
    status: statuses[kind],
    ...(kind !== 'delete' && { data: row }),
  }))
  const summary = { total: rows.length, succeeded: rows.length, failed: 0 }
  return { body: bodiesOf(kind, examples, ids, max), answer: { done: { results, summary } } }
}

function bodiesOf(
  kind: BulkKind,
  { create, patch }: NonNullable<DescribedScene['examples']>,
  ids: readonly unknown[],
  max: number,
): NamedExamples {
  if (kind === 'delete' || kind === 'verb') return { rows: { ids } }
  const bodies = (Object.values(kind === 'create' ? create : patch) as readonly Members[]).slice(0, max)
  if (bodies.length === 0) return {}
  if (kind === 'create') return { rows: { items: bodies } }
  return { rows: { items: ids.map((id, index) => ({ id, ...bodies[index % bodies.length] })) } }
}
