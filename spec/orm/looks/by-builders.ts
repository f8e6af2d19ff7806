import { Brackets } from 'typeorm'
import {
  all,
  type Builder,
  bits,
  built,
  from,
  looking,
  type Numbered,
  numbers,
  type Path,
  path,
  plain,
  shown,
  three,
} from './path.js'
import { Box, Item, ItemView } from './store.js'

export const ofBuilders: readonly Path[] = [
  path('getMany', async (m, look) => numbers(await built(m, look).getMany())),
  path('getMany with where and orWhere', async (m, look) =>
    numbers(await built(m, look).where('i.id = 1').orWhere('i.id > 1').orWhere('i.id = 4').getMany()),
  ),
  path('getMany with brackets', async (m, look) =>
    numbers(
      await built(m, look)
        .where(new Brackets((query) => query.where('i.id = 1').orWhere('i.id > 1')))
        .getMany(),
    ),
  ),
  path('whereInIds', async (m, look) => numbers(await built(m, look).whereInIds([1, 2, 3, 4]).getMany())),
  path('andWhereInIds', async (m, look) =>
    numbers(await built(m, look).where('i.id = 1 OR i.id > 1').andWhereInIds([1, 2, 3, 4]).getMany()),
  ),
  path('orWhereInIds', async (m, look) =>
    numbers(await built(m, look).where('i.id = 1').orWhereInIds([2, 3, 4]).getMany()),
  ),
  path('getOne', async (m, look) => numbers(await all((id) => built(m, look).where({ id }).getOne()))),
  path('getOneOrFail', async (m, look) =>
    numbers(
      await all((id) =>
        built(m, look)
          .where({ id })
          .getOneOrFail()
          .catch(() => null),
      ),
    ),
  ),
  path('getManyAndCount', async (m, look) => {
    const [rows, count] = await built(m, look).getManyAndCount()
    return count === rows.length && numbers(rows)
  }),
  path(
    'getManyAndCount with take',
    async (m, look) => {
      const [rows, count] = await built(m, look).leftJoinAndSelect('i.boxes', 'b').take(1).getManyAndCount()
      return [rows.length, count]
    },
    three([1, 1], [1, 2], [1, 1]),
  ),
  path('getRawMany', async (m, look) => plain(await from(m, look).getRawMany())),
  path('getRawOne', async (m, look) =>
    numbers(await all(async (id) => (await from(m, look).where('i.id = :id', { id }).getRawOne<Numbered>()) ?? null)),
  ),
  path('getRawAndEntities', async (m, look) => {
    const { raw, entities } = await built(m, look).getRawAndEntities()
    return raw.length === entities.length && numbers(entities)
  }),
  path('getCount', (m, look) => built(m, look).getCount(), three(1, 2, 1)),
  path('getExists', async (m, look) => shown(await all((id) => built(m, look).where({ id }).getExists()))),
  path('SUM', async (m, look) => bits((await built(m, look).select('SUM(i.score)', 'sum').getRawOne()).sum)),
  path('groupBy, having and orHaving', async (m, look) =>
    plain(await from(m, look).groupBy('i.id').having('COUNT(*) > 0').orHaving('SUM(i.score) > 0').getRawMany()),
  ),
  path('distinct', async (m, look) => plain(await from(m, look).distinct(true).getRawMany())),
  path('limit and offset', async (m, look) =>
    plain(await from(m, look).orderBy('i.id').limit(9).offset(0).getRawMany()),
  ),
  path('a clone', async (m, look) => numbers(await built(m, look).clone().getMany())),
  path('subQuery in where', async (m, look) =>
    numbers(
      await built(m, 'withDeleted')
        .where(
          (query) =>
            `i.id IN ${looking(query.subQuery().select('s.id').from(Item, 's') as Builder<Item>, look).getQuery()}`,
        )
        .getMany(),
    ),
  ),
  path('from with a subquery', async (m, look) =>
    plain(
      await m
        .createQueryBuilder()
        .select('s.id', 'id')
        .from((query) => looking(query.select('i.id', 'id').from(Item, 'i') as Builder<Item>, look), 's')
        .getRawMany(),
    ),
  ),
  path('a subquery in SELECT', async (m, look) =>
    bits(
      (
        await m
          .getRepository(Box)
          .createQueryBuilder('b')
          .select((query) => looking(query.select('SUM(i.score)').from(Item, 'i') as Builder<Item>, look), 'sum')
          .where('b.id = 1')
          .getRawOne()
      ).sum,
    ),
  ),
  path('a subquery in a join', async (m, look) =>
    plain(
      await m
        .getRepository(Box)
        .createQueryBuilder('b')
        .select('b.id', 'id')
        .innerJoin(
          (query) => looking(query.select('i.id', 'item').from(Item, 'i') as Builder<Item>, look),
          's',
          `${m.dataSource.driver.escape('s')}.item = b.id`,
        )
        .getRawMany(),
    ),
  ),
  path('a common table expression', async (m, look) =>
    plain(
      await m
        .createQueryBuilder()
        .addCommonTableExpression(from(m, look), 'seen')
        .select('s.id', 'id')
        .from('seen', 's')
        .getRawMany(),
    ),
  ),
  ...(['whereExists', 'andWhereExists', 'orWhereExists'] as const).map((method) =>
    path(method, async (m, look) => {
      const builder = m.getRepository(Box).createQueryBuilder('b')
      builder.where(method === 'orWhereExists' ? '1 = 0' : '1 = 1')
      return numbers(await builder[method](from(m, look).where('i.id = b.id')).getMany())
    }),
  ),
  path(
    'addFrom',
    async (m) => {
      const rows = await m.createQueryBuilder().select('i.id', 'id').from(Box, 'b').addFrom(Item, 'i').getRawMany()
      return plain(rows)
    },
    { visible: [1] },
  ),
  path('a name of an entity', async (m) => numbers((await m.createQueryBuilder('Item', 'i').getMany()) as Item[]), {
    visible: [1],
  }),
  path('stream', async (m, look) => {
    // SQLite has none.
    if (m.dataSource.options.type === 'better-sqlite3') return three([1], [1, 2], [2])[look]
    const rows: unknown[] = []
    for await (const row of await from(m, look).stream()) rows.push(row)
    return plain(rows)
  }),
  path('a view of the database', async (m, look) => {
    const repository = m.getRepository(ItemView)
    const seen = look === 'visible' ? repository : repository.view(look)
    const [rows, count] = await seen.findAndCount()
    return count === rows.length && numbers(rows)
  }),
]
