import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import type { PropertyDescription } from '../model/entity-description.js'
import { below, isObject } from './body-errors.js'
import type { PartReading } from './compile-reader.js'
import type { CompiledNested, CompiledSerializer, InputShape } from './compiled-serializer.js'
import { checkerOf } from './value-check.js'

interface PartValue {
  readonly value: unknown
  readonly errors: readonly FieldError[]
}

/** Reads what a body says of a relation. */
export interface NestedReader extends PartReading {
  /** What its member is called. */
  readonly outside: string
  readonly read: (value: unknown) => Promise<PartValue>
}

/** The readers of the relations that a shape of bodies takes. */
export function nestedReaders(
  { nested }: CompiledSerializer,
  shape: InputShape,
  accepts: (name: string) => boolean,
): readonly NestedReader[] {
  return [...nested.values()].filter(({ name }) => accepts(name)).map((part) => nestedReader(part, shape))
}

function nestedReader(nested: CompiledNested, shape: InputShape): NestedReader {
  const { name, relation } = nested
  const readOne = nested.write === 'id' ? keyReader(nested) : rowReader(nested, shape)
  return {
    name,
    outside: nested.serializer.naming.outside(name),
    required: !relation.many && shape !== 'patch' && (shape === 'replace' || !relation.nullable),
    read: relation.many ? (value) => readMany(nested, readOne, value) : (value) => readSingle(nested, readOne, value),
  }
}

type Part = (value: unknown) => Promise<PartValue>

async function readSingle(
  { name, relation, serializer }: CompiledNested,
  read: Part,
  value: unknown,
): Promise<PartValue> {
  const pointer = pointerTo(serializer.naming.outside(name))
  if (value === null) {
    return relation.nullable ? { value, errors: [] } : refused(pointer, 'null', 'must not be null')
  }
  const { value: taken, errors } = await read(value)
  return { value: taken, errors: below(pointer, errors) }
}

async function readMany({ name, max, serializer }: CompiledNested, read: Part, value: unknown): Promise<PartValue> {
  const outside = serializer.naming.outside(name)
  const pointer = pointerTo(outside)
  if (!Array.isArray(value)) return refused(pointer, 'type', 'must be an array')
  if (value.length > max) return refused(pointer, 'max_items', `must have at most ${max} items`, { max })
  const taken: unknown[] = []
  const errors: FieldError[] = []
  const keys = new Set<unknown>()
  const key = keyOf(serializer)?.name ?? ''
  for (const [index, item] of value.entries()) {
    const part = await read(item)
    const at = pointerTo(outside, String(index))
    errors.push(...below(at, part.errors))
    taken.push(part.value)
    const own = isObject(part.value) ? part.value[key] : part.value
    if (part.errors.length === 0 && own !== undefined && keys.has(own)) {
      errors.push({ pointer: at, code: 'duplicate', message: 'is listed twice' })
    }
    keys.add(own)
  }
  return { value: taken, errors }
}

/** Reads the key of a row; whether there is one is for the database to say. */
function keyReader({ serializer }: CompiledNested): Part {
  const key = keyOf(serializer)
  const check = key && checkerOf(key.value)
  return async (value) => {
    if (value === null || !check) return refused('#', 'type', 'must be the id of a row')
    const checked = check(value)
    return 'value' in checked ? { value: checked.value, errors: [] } : { value, errors: [{ pointer: '#', ...checked }] }
  }
}

/** Reads a row: one that has a key is there already. */
function rowReader({ serializer, relation, write }: CompiledNested, shape: InputShape): Part {
  const owner = [relation.inverse, relation.inverseKey].filter((name) => name !== undefined)
  const fresh = serializer.partReader('create', owner)
  const known = serializer.partReader(write === 'replace' ? 'replace' : 'patch', owner)
  const key = keyOf(serializer)
  const check = key && checkerOf(key.value)
  const keyName = serializer.naming.outside(key?.name ?? '')
  return async (item) => {
    if (!isObject(item)) return refused('#', 'type', 'must be an object')
    if (shape === 'create' || !key || !check || !Object.hasOwn(item, keyName)) {
      const { values, errors } = await fresh(item)
      return { value: values, errors }
    }
    const { [keyName]: id, ...others } = item
    const checked = check(id)
    const { values, errors } = await known(others)
    if ('value' in checked) return { value: { ...values, [key.name]: checked.value }, errors }
    return { value: values, errors: [{ pointer: pointerTo(keyName), ...checked }, ...errors] }
  }
}

const keyOf = ({ description: { primary } }: CompiledSerializer): PropertyDescription | undefined =>
  primary.length === 1 ? primary[0] : undefined

function refused(
  pointer: string,
  code: string,
  message: string,
  params?: Readonly<Record<string, unknown>>,
): PartValue {
  return { value: undefined, errors: [{ pointer, code, message, ...(params && { params }) }] }
}
