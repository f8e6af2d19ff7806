import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import { type Awaitable, allOf, andThen } from '../helpers/awaitable.js'
import { asDeclared, type Naming } from '../helpers/naming.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { PropertyDescription } from '../model/entity-description.js'
import { below } from './body-errors.js'
import { bare, compileClass } from './class-reader.js'
import { type MemberType, memberType, rulesByProperty, saysClass } from './member-type.js'
import { type ValueReader, valueReader } from './value-reader.js'

/** What classes of an entity say against values of its JSON columns. */
export type DocumentCheck = (values: Readonly<Record<string, unknown>>) => Awaitable<readonly FieldError[]>

/** The types of the JSON columns that decorators say hold objects of a class, or lists of them. */
export function documentTypes(
  entity: AnyClass,
  properties: Iterable<PropertyDescription>,
): ReadonlyMap<string, MemberType> {
  const rules = rulesByProperty(entity)
  const documents = [...properties].filter(({ value }) => value.kind === 'json')
  return new Map(
    documents.flatMap(({ name }) => {
      const own = rules.get(name) ?? []
      const type = memberType(entity, name, own)
      return saysClass(entity, name, own) && holdsClass(type) ? [[name, type] as const] : []
    }),
  )
}

function holdsClass(type: MemberType): boolean {
  return type.kind === 'class' || (type.kind === 'list' && holdsClass(type.of))
}

/**
 * Compiles what the classes of JSON columns say against values, which stay as they were sent; null is none of theirs.
 * @param partial whether the values are merged into others, so that they may lack what those have.
 */
export function compileDocuments(
  types: ReadonlyMap<string, MemberType>,
  { outside }: Naming,
  partial: boolean,
): DocumentCheck {
  const readers = [...types].flatMap(([name, type]): readonly (readonly [string, ValueReader])[] => {
    const isPart = partial && type.kind === 'class'
    const read = valueReader(type, (target) => compileClass(target, { ...asStored, partial: isPart }))
    return read ? [[name, read]] : []
  })
  if (readers.length === 0) return () => none
  return (values) => {
    const found = readers.map(([name, read]): Awaitable<readonly FieldError[]> => {
      const value = values[name]
      if (value === undefined || value === null) return none
      return andThen(read(value), ({ errors }) => below(pointerTo(outside(name)), errors))
    })
    return andThen(allOf(found), (all) => all.flat())
  }
}

/** Documents are stored and shown as they are, so their members are called as they are declared. */
const asStored = { naming: asDeclared, made: bare }

const none: readonly FieldError[] = Object.freeze([])
