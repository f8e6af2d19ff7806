import { In, MoreThan } from 'typeorm'
import { all, bits, items, numbers, type Path, path, shown, three } from './path.js'
import { Item } from './store.js'

export const ofRepositories: readonly Path[] = [
  path('find', async (m, look) => numbers(await items(m, look).find())),
  path('find with OR', async (m, look) =>
    numbers(await items(m, look).find({ where: [{ id: 1 }, { id: In([2, 3, 4]) }] })),
  ),
  path('find of a page', async (m, look) =>
    numbers(await items(m, look).find({ take: 9, relations: { boxes: true } })),
  ),
  path('find with a lock', async (m, look) =>
    numbers(
      await items(m, look).find(
        m.dataSource.options.type === 'better-sqlite3' ? {} : { lock: { mode: 'pessimistic_write' } },
      ),
    ),
  ),
  path('findBy', async (m, look) => numbers(await items(m, look).findBy({ score: MoreThan(0) }))),
  path('findAndCount', async (m, look) => {
    const [rows, count] = await items(m, look).findAndCount()
    return count === rows.length && numbers(rows)
  }),
  path('findAndCountBy', async (m, look) => {
    const [rows, count] = await items(m, look).findAndCountBy({ score: MoreThan(0) })
    return count === rows.length && numbers(rows)
  }),
  path('findOne', async (m, look) => numbers(await all((id) => items(m, look).findOne({ where: { id } })))),
  path('findOneBy', async (m, look) => numbers(await all((id) => items(m, look).findOneBy({ id })))),
  path('findOneOrFail', async (m, look) =>
    numbers(
      await all((id) =>
        items(m, look)
          .findOneOrFail({ where: { id } })
          .catch(() => null),
      ),
    ),
  ),
  path('findOneByOrFail', async (m, look) =>
    numbers(
      await all((id) =>
        items(m, look)
          .findOneByOrFail({ id })
          .catch(() => null),
      ),
    ),
  ),
  path('findById', async (m, look) => numbers(await all((id) => items(m, look).findById(id)))),
  path('preload', async (m, look) => numbers(await all((id) => items(m, look).preload({ id })))),
  path('select().rows()', async (m, look) => numbers(await items(m, look).select().rows())),
  path('select().byId().first()', async (m, look) =>
    numbers(await all((id) => items(m, look).select().byId(id).first())),
  ),
  path('select().count()', (m, look) => items(m, look).select().count(), three(1, 2, 1)),
  path('count', (m, look) => items(m, look).count(), three(1, 2, 1)),
  path('countBy', (m, look) => items(m, look).countBy({ score: MoreThan(0) }), three(1, 2, 1)),
  path('exists', async (m, look) => shown(await all((id) => items(m, look).exists({ where: { id } })))),
  path('existsBy', async (m, look) => shown(await all((id) => items(m, look).existsBy({ id })))),
  path('sum', async (m, look) => bits(await items(m, look).sum('score'))),
  path('average', (m, look) => items(m, look).average('score').then(Number), three(1, 1.5, 2)),
  path('minimum', (m, look) => items(m, look).minimum('score').then(Number), three(1, 1, 2)),
  path('maximum', (m, look) => items(m, look).maximum('score').then(Number), three(1, 2, 2)),
  ...(['find', 'findBy', 'findAndCount', 'findAndCountBy', 'count', 'countBy'] as const).map((method) =>
    path(
      `EntityManager.${method}`,
      async (m) => {
        const given = method.endsWith('By') ? { score: MoreThan(0) } : { where: { score: MoreThan(0) } }
        const found = (await (m[method] as (target: unknown, given: object) => Promise<unknown>)(Item, given)) as Item[]
        if (typeof found === 'number') return found === 1 ? [1] : found
        return numbers(found.flat().filter((row) => typeof row === 'object'))
      },
      { visible: [1] },
    ),
  ),
  path(
    'EntityManager.findOne, findOneBy, findOneOrFail and findOneByOrFail',
    async (m) => {
      const one = (id: number) => [
        m.findOne(Item, { where: { id } }),
        m.findOneBy(Item, { id }),
        m.findOneOrFail(Item, { where: { id } }).catch(() => null),
        m.findOneByOrFail(Item, { id }).catch(() => null),
      ]
      return Promise.all([1, 2, 3, 4].map(async (id) => numbers(await Promise.all(one(id)))))
    },
    { visible: [[1], [], [], []] },
  ),
  path(
    'EntityManager.exists, existsBy and preload',
    async (m) => {
      const one = async (id: number) => [
        await m.exists(Item, { where: { id } }),
        await m.existsBy(Item, { id }),
        (await m.preload(Item, { id })) !== undefined,
      ]
      return shown((await Promise.all([1, 2, 3, 4].map(one))).map((found) => found.includes(true)))
    },
    { visible: [1] },
  ),
  path(
    'EntityManager.sum, average, minimum and maximum',
    async (m) =>
      (
        await Promise.all([
          m.sum(Item, 'score', {}),
          m.average(Item, 'score', {}),
          m.minimum(Item, 'score', {}),
          m.maximum(Item, 'score', {}),
        ])
      ).map(Number),
    { visible: [1, 1, 1, 1] },
  ),
]
