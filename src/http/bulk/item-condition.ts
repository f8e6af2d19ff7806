import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { PreconditionFailedError, PreconditionRequiredError } from '../../errors/request-exceptions.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { checkerOf } from '../../serializer/value-check.js'
import { type EntityTags, parseEntityTags } from '../conditional/entity-tag.js'
import { isKnownBy } from '../conditional/evaluate.js'
import type { BulkItem } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

type Members = Readonly<Record<string, unknown>>

/** As which row the one an item names is known to its caller. */
export interface ItemCondition {
  /** The value that the version of the row must have. */
  readonly version?: unknown
  /** One of these the row must have, as `If-Match` says it of one row. */
  readonly ifMatch?: EntityTags
}

/** The condition of an item, and the other members. */
interface ReadCondition {
  readonly condition: ItemCondition
  readonly others: Members
  readonly errors: readonly FieldError[]
}

/** Whether items may give an `ifMatch`: rows have strong tags, and no property has the name. */
export function takesTags({ model: { validators, description, serializer } }: Pick<BulkPlan, 'model'>): boolean {
  const { outside } = serializer.naming
  return (
    validators.versioned && ![...description.properties.keys()].some((name) => outside(name) === outside('ifMatch'))
  )
}

/** Reads on which condition an item is to be written. */
export function readCondition(members: Members, plan: BulkPlan): ReadCondition {
  const versioned = plan.limits.version !== undefined
  const tagged = takesTags(plan)
  const tagName = plan.host.naming.outside('ifMatch')
  const own = (name: string) => (name === 'version' && versioned) || (name === tagName && tagged)
  const others = Object.fromEntries(Object.entries(members).filter(([name]) => !own(name)))
  const version = versioned ? readVersion(members['version'], plan) : {}
  const tags = tagged ? readTags(members[tagName], tagName) : {}
  return {
    others,
    condition: { ...version.condition, ...tags.condition },
    errors: [...(version.errors ?? []), ...(tags.errors ?? [])],
  }
}

function readVersion(given: unknown, { model, limits: { version = '' } }: BulkPlan): Partial<ReadCondition> {
  if (given === undefined) return {}
  const checked = checkerOf(model.description.properties.get(version)!.value)(given)
  if ('value' in checked) return { condition: { version: checked.value } }
  return { errors: [{ pointer: pointerTo('version'), ...checked }] }
}

function readTags(given: unknown, name: string): Partial<ReadCondition> {
  if (given === undefined) return {}
  const ifMatch = typeof given === 'string' ? parseEntityTags(given) : undefined
  if (ifMatch) return { condition: { ifMatch } }
  const message = 'must be `*` or a list of entity tags in quotes'
  return { errors: [{ pointer: pointerTo(name), code: typeof given === 'string' ? 'syntax' : 'type', message }] }
}

/**
 * Asks for a condition where the viewset requires one of every write to a row.
 * @throws {PreconditionRequiredError} that names each item without one.
 */
export function requireConditions(items: readonly BulkItem[], plan: BulkPlan): void {
  if (plan.action.model?.requirePrecondition !== true || plan.kind === 'create') return
  const member = takesTags(plan) ? plan.host.naming.outside('ifMatch') : 'version'
  const errors = items
    .filter((item) => !isConditional(item))
    .map(({ at }) => ({ pointer: pointerTo(...at), code: 'required', message: `must be an item with \`${member}\`` }))
  if (errors.length === 0) return
  const message = `This can be done only to items with \`${member}\`, so that nobody else's changes are lost.`
  throw new PreconditionRequiredError(message, { errors: errors.slice(0, 100) })
}

/** Whether an item says as which row it is known. */
export function isConditional({ condition }: BulkItem): boolean {
  return condition?.version !== undefined || condition?.ifMatch !== undefined
}

/** @throws {PreconditionFailedError} where a row is another than the caller of an item knows. */
export function requireKnown(item: BulkItem, row: EntityRow, plan: BulkPlan): void {
  if (!isKnown(item, row, plan)) throw new PreconditionFailedError('The row was changed since it was read.')
}

/** Whether a row is the one that the caller of an item knows. */
export function isKnown({ condition = {} }: BulkItem, row: EntityRow, { limits, model }: BulkPlan): boolean {
  const { version, ifMatch } = condition
  const isMet = ifMatch === undefined || isKnownBy(ifMatch, row, model.validators)
  const isSame =
    version === undefined ||
    limits.version === undefined ||
    textOf((row as Members)[limits.version]) === textOf(version)
  return isMet && isSame
}

const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value))
