import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { type Awaitable, allOf, andThen } from '../../helpers/awaitable.js'
import type { Id } from '../../model/verb.js'
import { parseId } from '../../orm/parse-id.js'
import { invalidBody, isObject, notAnObject, unknownMember } from '../../serializer/body-errors.js'
import type { Exchange } from '../exchange.js'
import { readVerbInput } from '../verbs/verb-body.js'
import { type BulkFilter, type BulkItem, ListedItem } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { readCondition, requireConditions } from './item-condition.js'
import { readBulkFilter } from './read-filter.js'

/** A body of a bulk action: how, and of what. */
export interface BulkInput {
  readonly atomic: boolean
  readonly items: readonly BulkItem[]
  readonly filter?: BulkFilter
}

type Members = Readonly<Record<string, unknown>>
interface Values {
  readonly values: Members
  readonly errors: readonly FieldError[]
}

/** Reads bodies of a bulk action. Everything that is wrong with any item is told before anything is done. */
export function bulkReader(plan: BulkPlan): (body: unknown, exchange: Exchange) => Promise<BulkInput> {
  const { kind, limits } = plan
  const readValues = valuesReader(plan)
  const filters = limits.maxByFilter !== undefined && (kind === 'update' || kind === 'delete')
  const ways = kind === 'create' ? ['items'] : ['items', 'ids', ...(filters ? ['filter'] : [])]
  const countName = plan.host.naming.outside('expectedCount')
  const shared = kind === 'update' ? 'values' : kind === 'verb' ? 'input' : undefined

  return async (body, exchange) => {
    if (!isObject(body)) throw invalidBody([notAnObject(body)])
    const given = ways.filter((way) => Object.hasOwn(body, way))
    const [way] = given
    const errors: FieldError[] = []
    if (way === undefined) errors.push({ pointer: '#', code: 'required', message: `must have ${ways.join(' or ')}` })
    for (const other of given.slice(1)) {
      errors.push({ pointer: pointerTo(other), code: 'exclusive', message: `cannot stand beside ${way}` })
    }
    const sharedBy = way !== 'items' && shared ? [shared] : []
    const known = ['atomic', ...given, ...sharedBy, ...(way === 'filter' ? [countName] : [])]
    errors.push(
      ...Object.keys(body)
        .filter((name) => !known.includes(name))
        .map(unknownMember),
    )
    const atomic = readAtomic(body, plan, errors)
    if (errors.length > 0 || way === undefined) throw invalidBody(errors)

    const own = sharedBy.length > 0 ? await readValues(body[shared!], kind === 'update') : nothing
    errors.push(...under(() => sharedBy, own.errors))
    if (way === 'filter') {
      const filter = await readBulkFilter(plan, body, exchange, errors)
      if (errors.length > 0) throw invalidBody(errors)
      requireConditions([{ index: 0, at: ['filter'], valuesAt: [], values: {} }], plan)
      return { atomic, items: [], filter: { ...filter, values: own.values } }
    }
    const list = readList(body[way], way, plan)
    const reading =
      way === 'ids' ? idItems(list, own.values, shared ?? 'ids', plan) : await fullItems(list, plan, readValues)
    const { items } = reading
    const wrong = [...errors, ...reading.errors, ...twins(items, kind)]
    if (wrong.length > 0) throw invalidBody(wrong)
    requireConditions(items, plan)
    return { atomic, items }
  }
}

const nothing: Values = { values: {}, errors: [] }

type ValuesReader = (given: unknown, required?: boolean) => Awaitable<Values>

function valuesReader({ kind, model, action, host }: BulkPlan): ValuesReader {
  if (kind === 'delete') return (given) => readVerbInput({}, given)
  if (kind === 'verb') {
    const columns = model.entity.verbs[action.verb ?? '']?.input ?? {}
    return (given) => readVerbInput(columns, given, host.naming)
  }
  const read = model.serializer.partReader(kind === 'create' ? 'create' : 'patch')
  return (given) => (isObject(given) ? read(given) : { values: {}, errors: [notAnObject(given)] })
}

function readAtomic(body: Members, { limits, kind }: BulkPlan, errors: FieldError[]): boolean {
  const { atomic = true } = body
  const at = { pointer: pointerTo('atomic') }
  if (typeof atomic !== 'boolean') errors.push({ ...at, code: 'type', message: 'must be true or false' })
  else if (!atomic && !limits.perItem) {
    errors.push({ ...at, code: 'not_allowed', message: `must be true: ${kind} is done to all items or to none` })
  }
  return atomic !== false
}

/** The size is looked at before anything else, so that a list of a million items costs nothing. */
function readList(list: unknown, way: string, { limits: { max } }: BulkPlan): readonly unknown[] {
  const pointer = pointerTo(way)
  if (!Array.isArray(list)) throw invalidBody([{ pointer, code: 'type', message: 'must be a list' }])
  if (list.length === 0) {
    throw invalidBody([{ pointer, code: 'min_items', message: 'must have at least 1 item', params: { min: 1 } }])
  }
  if (list.length > max) {
    throw invalidBody([{ pointer, code: 'max_items', message: `must have at most ${max} items`, params: { max } }])
  }
  return list as readonly unknown[]
}

interface ItemReading {
  readonly item: BulkItem
  readonly errors: readonly FieldError[]
}

interface ItemsReading {
  readonly items: readonly BulkItem[]
  readonly errors: readonly FieldError[]
}

/**
 * Items that are ids alone.
 * @param values what is done to all of them with.
 * @param member where that stands.
 */
function idItems(ids: readonly unknown[], values: Members, member: string, { metadata }: BulkPlan): ItemsReading {
  const items: BulkItem[] = []
  const errors: FieldError[] = []
  for (const [index, id] of ids.entries()) {
    const item = new ListedItem('ids', { index, values, id: idOf(id), key: keyOf(id, metadata) }, member)
    items.push(item)
    if (item.id === undefined) errors.push(...idErrors(id, item.at))
  }
  return { items, errors }
}

async function fullItems(entries: readonly unknown[], plan: BulkPlan, readValues: ValuesReader): Promise<ItemsReading> {
  const readings = await allOf(entries.map((entry, index) => fullItem(entry, index, plan, readValues)))
  return { items: readings.map(({ item }) => item), errors: readings.flatMap(({ errors }) => errors) }
}

function fullItem(entry: unknown, index: number, plan: BulkPlan, readValues: ValuesReader): Awaitable<ItemReading> {
  if (!isObject(entry)) return itemOf(index, { values: {}, errors: [notAnObject(entry)] })
  if (plan.kind !== 'create') return rowItem(entry, index, plan, readValues)
  return andThen(readValues(entry), (reading) => itemOf(index, reading))
}

function itemOf(index: number, { values, errors }: Values): ItemReading {
  const item = new ListedItem('items', { index, values })
  return { item, errors: under(() => item.at, errors) }
}

function rowItem(entry: Members, index: number, plan: BulkPlan, readValues: ValuesReader): Awaitable<ItemReading> {
  const { id, ...rest } = entry
  const { condition, others, errors: wrong } = readCondition(rest, plan)
  const verb = plan.kind === 'verb'
  const strange = verb
    ? Object.keys(others)
        .filter((name) => name !== 'input')
        .map(unknownMember)
    : []
  return andThen(readValues(verb ? others['input'] : others), (reading) => {
    const parts = { index, values: reading.values, condition, id: idOf(id), key: keyOf(id, plan.metadata) }
    const item = new ListedItem('items', parts, verb ? 'input' : undefined)
    const errors = [
      ...(item.id === undefined ? idErrors(id, [...item.at, 'id']) : []),
      ...under(() => item.at, [...wrong, ...strange]),
      ...under(() => item.valuesAt, reading.errors),
    ]
    return { item, errors }
  })
}

const isId = (id: unknown): id is Id => typeof id === 'string' || typeof id === 'number'

const idOf = (id: unknown): Id | undefined => (isId(id) ? id : undefined)

const keyOf = (id: unknown, metadata: BulkPlan['metadata']): Id | undefined =>
  isId(id) ? parseId(metadata, id) : undefined

/** What is wrong with what is no id. */
function idErrors(id: unknown, at: readonly string[]): readonly FieldError[] {
  const pointer = pointerTo(...at)
  return [
    id === undefined
      ? { pointer, code: 'required', message: 'is required' }
      : { pointer, code: 'type', message: 'must be an id' },
  ]
}

/** The same with pointers from the whole body. */
function under(at: () => readonly string[], errors: readonly FieldError[]): readonly FieldError[] {
  if (errors.length === 0) return errors
  const start = pointerTo(...at())
  return errors.map((error) => ({ ...error, pointer: start + (error.pointer ?? '#').slice(1) }))
}

/** Every row may be named once. */
function twins(items: readonly BulkItem[], kind: BulkPlan['kind']): readonly FieldError[] {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  for (const item of items) {
    if (item.id === undefined) continue
    const key = String(item.key ?? item.id)
    if (!seen.has(key)) seen.add(key)
    else {
      const { at } = item
      const pointer = pointerTo(...at, ...(at[0] === 'items' ? ['id'] : []))
      errors.push({ pointer, code: 'duplicate', message: `names a row twice to ${kind === 'verb' ? 'act on' : kind}` })
    }
  }
  return errors
}
