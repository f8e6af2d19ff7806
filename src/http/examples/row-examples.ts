import { acceptedInput } from '../../serializer/compile-input.js'
import type { CompiledNested, CompiledSerializer, InputShape } from '../../serializer/compiled-serializer.js'

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A representation or a body with its names as callers know them. What JSON columns hold is called as it is. */
export function outsideExample(value: unknown, serializer: CompiledSerializer): unknown {
  if (!isObject(value)) return value
  const { naming, nested } = serializer
  const inside = Object.entries(value).map(([name, member]) => {
    const relation = nested.get(name)
    return [name, relation ? outsideRelated(member, relation) : member] as const
  })
  return naming.members(Object.fromEntries(inside))
}

function outsideRelated(value: unknown, relation: CompiledNested): unknown {
  const row = (one: unknown): unknown => outsideExample(one, relation.serializer)
  if (Array.isArray(value)) return value.map(row)
  if (!relation.relation.many || !isObject(value) || !Array.isArray(value['data'])) return row(value)
  return relation.serializer.naming.members({ ...value, data: value['data'].map(row) })
}

/** As much of a representation as an action shows unless its caller asks for more. */
export function shownExample(value: unknown, serializer: CompiledSerializer, action: string): unknown {
  if (!isObject(value)) return value
  const names = serializer.names(action).filter((name) => serializer.nested.get(name)?.optional !== true)
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(value, name) ? [[name, value[name]]] : [])))
}

/** The body that would write what a representation shows, as far as it shows what is taken. */
export function inputExample(value: unknown, serializer: CompiledSerializer, shape: InputShape): unknown {
  if (!isObject(value)) return value
  const { accepted, nested } = acceptedInput(serializer, { shape })
  const plain = accepted.flatMap(({ name }) => (Object.hasOwn(value, name) ? [[name, value[name]] as const] : []))
  const related = nested.flatMap(({ name }) => {
    const key = keysIn(value[name], serializer.nested.get(name))
    return key === undefined ? [] : [[name, key] as const]
  })
  return Object.fromEntries([...plain, ...related])
}

/** The keys of related rows, where the relation is written by them. */
function keysIn(value: unknown, nested: CompiledNested | undefined): unknown {
  const [key] = nested?.serializer.description.primary ?? []
  if (nested?.write !== 'id' || !key || value === undefined) return undefined
  const keyOf = (row: unknown): unknown => (isObject(row) ? row[key.name] : null)
  return nested.relation.many && isObject(value) && Array.isArray(value['data'])
    ? value['data'].map(keyOf)
    : keyOf(value)
}
