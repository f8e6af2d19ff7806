import { type ObjectLiteral } from 'typeorm'
import type { ModelEntityManager, ModelRepository, ScopedSelectQueryBuilder } from '../../../src/index.js'
import { Box, Item } from './store.js'

/** Which rows a read asks for. */
export const looks = ['visible', 'withDeleted', 'onlyDeleted'] as const

export type Look = (typeof looks)[number]

export type Read = (manager: ModelEntityManager, look: Look) => Promise<unknown>

export type Builder<E extends ObjectLiteral> = ScopedSelectQueryBuilder<E>

/** A way to read, which gives the numbers of the items it shows; or something else, which is given for each look. */
export interface Path {
  readonly name: string
  readonly read: Read
  /** What each look gives, where it is not the numbers of the items; undefined where it cannot be asked. */
  readonly gives?: Readonly<Partial<Record<Look, unknown>>>
}

export type Numbered = { readonly id: number }

export type Maybe<T> = T | null | undefined

export const numbers = (rows: readonly Maybe<Numbered>[]): readonly number[] =>
  [...new Set(rows.flatMap((row) => row?.id ?? []))].sort((a, b) => a - b)

/** The items that are in a sum of scores. */
export const bits = (sum: unknown): readonly number[] => [1, 2, 3, 4].filter((id) => Number(sum) & (2 ** (id - 1)))

export const plain = (rows: readonly unknown[]) =>
  numbers((rows as { id: unknown }[]).map(({ id }) => ({ id: Number(id) })))

export const items = (manager: ModelEntityManager, look: Look): ModelRepository<Item> => {
  const repository = manager.getRepository(Item)
  return look === 'visible' ? repository : repository.view(look)
}

export const looking = <E extends ObjectLiteral>(builder: Builder<E>, look: Look): Builder<E> =>
  look === 'visible' ? builder : builder.view(look)

export const built = (manager: ModelEntityManager, look: Look) =>
  looking(manager.getRepository(Item).createQueryBuilder('i'), look)

export const from = (manager: ModelEntityManager, look: Look) =>
  looking(manager.createQueryBuilder().select('i.id', 'id').from(Item, 'i') as Builder<Item>, look)

/** Boxes, chests or crates as a query that looks along one relation sees them. */
export const boxes = (manager: ModelEntityManager, look: Look, path: BoxPath): ModelRepository<Box> => {
  const repository = manager.getRepository(Box)
  return look === 'visible' ? repository : repository.relation(path, { view: look })
}

export const boxed = (manager: ModelEntityManager, look: Look, path: string): Builder<Box> => {
  const builder = manager.getRepository(Box).createQueryBuilder('b')
  return look === 'visible' ? builder : builder.seeingRelation(path, { view: look })
}

export type BoxPath = 'items' | 'bag' | 'front' | 'lid' | 'inside'

export const members: readonly BoxPath[] = ['items', 'bag', 'front', 'lid', 'inside']

export const strategies = ['join', 'query'] as const

export const held = (rows: readonly Box[], path: BoxPath) =>
  numbers(rows.flatMap((row) => row[path] as Maybe<Item> | Item[]))

export const idsIn = (rows: readonly Box[], path: BoxPath) =>
  numbers(rows.flatMap((row) => row[path] as unknown as Maybe<number> | number[]).map((id) => ({ id }) as Numbered))

export const path = (name: string, read: Read, gives?: Path['gives']): Path => ({ name, read, ...(gives && { gives }) })

export const three = <T>(visible: T, withDeleted: T, onlyDeleted: T) => ({ visible, withDeleted, onlyDeleted })

export const all = <T>(work: (id: number) => Promise<T>): Promise<T[]> => Promise.all([1, 2, 3, 4].map(work))

export const shown = (found: readonly boolean[]): readonly number[] =>
  found.flatMap((is, index) => (is ? [index + 1] : []))
