import { Serializer } from 'plinth'
import { Article, ArticleSerializer, Note } from './http-fixtures.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T => true as T

type Read = (typeof ArticleSerializer)['$read']
type Create = (typeof ArticleSerializer)['$create']
type Replace = (typeof ArticleSerializer)['$replace']
type Patch = (typeof ArticleSerializer)['$patch']

// What is answered is listed; what comes in leaves out the key, the columns of traits and what is read-only.
isTrue<Same<keyof Read, 'id' | 'title' | 'body' | 'published' | 'ownerId' | 'createdAt'>>()
isTrue<Same<Read['createdAt'], Date>>()
isTrue<Same<Create, { title: string; ownerId: string; body?: string | null }>>()
isTrue<Same<Replace, { title: string; body: string | null }>>()
isTrue<Same<Patch, { title?: string; body?: string | null }>>()

export const created: Create = { title: 'A', ownerId: 'u' }
export const patched: Patch = { body: null }

// @ts-expect-error: a property that is read-only
export const readOnly: Create = { title: 'A', ownerId: 'u', published: true }
// @ts-expect-error: a property of a trait
export const traits: Create = { title: 'A', ownerId: 'u', createdAt: new Date() }
// @ts-expect-error: a property that must be given
export const incomplete: Create = { ownerId: 'u' }
// @ts-expect-error: a property that is only accepted for new rows
export const late: Patch = { ownerId: 'u' }
// @ts-expect-error: a property of another type
export const mistyped: Patch = { title: 1 }

// A key that the caller chooses has to be claimed.
class Country {
  id!: string
  name!: string
}
class CountrySerializer extends Serializer(Country, { fields: ['id', 'name'], createOnly: ['id'] }) {}
isTrue<Same<(typeof CountrySerializer)['$create'], { id: string; name: string }>>()
isTrue<Same<(typeof CountrySerializer)['$patch'], { name?: string }>>()

// @ts-expect-error: a misspelt property
Serializer(Article, { fields: ['id', 'titel'] })
// @ts-expect-error: a method
Serializer(Article, { fields: ['id', 'describe'] })
// @ts-expect-error: what carries the types of a trait
Serializer(Article, { fields: ['id', '~SoftDelete'] })
// @ts-expect-error: no fields
Serializer(Article, { readOnly: ['id'] })
// @ts-expect-error: read-only, but not among the fields
Serializer(Article, { fields: ['id', 'title'], readOnly: ['views'] })
// @ts-expect-error: write-only, but not among the fields
Serializer(Article, { fields: ['id', 'title'], writeOnly: ['views'] })
// @ts-expect-error: no such option
Serializer(Article, { fields: ['id'], readonly: ['id'] })
// @ts-expect-error: a property of another entity
Serializer(Note, { fields: ['id', 'title'] })
// @ts-expect-error: no entity
Serializer('Article', { fields: ['id'] })
// @ts-expect-error: no such way with what is read-only
Serializer(Article, { fields: ['id', 'title'], readOnlyInput: 'drop' })
