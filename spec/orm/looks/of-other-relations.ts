import { type ObjectLiteral } from 'typeorm'
import type { ModelEntityManager, ModelRepository } from '../../../src/index.js'
import { all, type BoxPath, boxed, type Look, numbers, type Path, path, plain, strategies, three } from './path.js'
import { Box, Chest, Crate, Item, Link } from './store.js'

const along = <E extends ObjectLiteral>(manager: ModelEntityManager, Entity: new () => E, look: Look, path: string) => {
  const repository = manager.getRepository(Entity) as unknown as ModelRepository<Box>
  const seen = look === 'visible' ? repository : repository.relation(path as BoxPath, { view: look })
  return seen as unknown as ModelRepository<E>
}

export const ofJunctions: readonly Path[] = [
  ...strategies.map((relationLoadStrategy) =>
    path(`what links with rows of their own lead to, by ${relationLoadStrategy}`, async (m, look) => {
      const repository = m.getRepository(Box)
      const seen = look === 'visible' ? repository : repository.relation('links.item', { view: look })
      const rows = await seen.find({ relations: { links: { item: true } }, relationLoadStrategy })
      return numbers(rows.flatMap(({ links }) => links.map(({ item }) => item)))
    }),
  ),
  path('what links lead to, by two joins', async (m, look) => {
    const rows = await boxed(m, look, 'links.item')
      .leftJoinAndSelect('b.links', 'l')
      .leftJoinAndSelect('l.item', 'i')
      .getMany()
    return numbers(rows.flatMap(({ links }) => links.map(({ item }) => item)))
  }),
  path(
    'links themselves',
    async (m) => numbers(await m.find(Link, { relations: { item: true } })).length,
    three(4, 4, 4),
  ),
]

const laziness: readonly (readonly [of: string, shownOf: string])[] = [
  ['items', 'shownItems'],
  ['bag', 'shownBag'],
  ['front', 'shownFront'],
]

export const ofLaziness: readonly Path[] = laziness.flatMap(([hides, shows]) => [
  path(
    `${hides}, lazily, as declared`,
    async (m, look) => {
      const rows = await m.find(Chest)
      const property = (look === 'visible' ? hides : shows) as 'items'
      return numbers((await Promise.all(rows.map((row) => row[property]))).flat())
    },
    { visible: [1], withDeleted: [1, 2] },
  ),
  ...strategies.map((relationLoadStrategy) =>
    path(`${hides}, lazy but loaded at once, by ${relationLoadStrategy}`, async (m, look) => {
      const rows = await along(m, Chest, look, hides).find({ relations: { [hides]: true }, relationLoadStrategy })
      return numbers((await Promise.all(rows.map((row) => row[hides as 'items']))).flat())
    }),
  ),
  ...strategies.map((relationLoadStrategy) =>
    path(
      `${hides}, shown where it is declared, by ${relationLoadStrategy}`,
      async (m) => {
        const rows = await m.find(Chest, { relations: { [shows]: true }, relationLoadStrategy })
        return numbers((await Promise.all(rows.map((row) => row[shows as 'items']))).flat())
      },
      { withDeleted: [1, 2] },
    ),
  ),
  path(
    `${hides} by relation().of().loadMany(), as declared`,
    async (m, look) =>
      numbers(
        (
          await all((id) =>
            m
              .createQueryBuilder()
              .relation(Chest, look === 'visible' ? hides : shows)
              .of(id)
              .loadMany<Item>(),
          )
        ).flat(),
      ),
    { visible: [1], withDeleted: [1, 2] },
  ),
])

export const ofEagerness: readonly Path[] = [
  path('ids of items by @RelationId', async (m, look) =>
    plain((await along(m, Crate, look, 'items').find()).flatMap(({ itemIds }) => itemIds).map((id) => ({ id }))),
  ),
  ...(['items', 'bag', 'front'] as const).flatMap((property) =>
    strategies.map((relationLoadStrategy) =>
      path(
        `${property}, eagerly, by ${relationLoadStrategy}`,
        async (m, look) => {
          const rows = await along(m, Crate, look, property).find({ relationLoadStrategy })
          return [rows.length, numbers(rows.flatMap((row) => row[property]))]
        },
        three([4, [1]], [4, [1, 2]], [4, [2]]),
      ),
    ),
  ),
]
