import { MoreThan } from 'typeorm'
import {
  all,
  type BoxPath,
  boxed,
  boxes,
  held,
  idsIn,
  type Maybe,
  members,
  numbers,
  type Path,
  path,
  plain,
  strategies,
  three,
} from './path.js'
import { Box, Item } from './store.js'

const isMany = (member: BoxPath) => member === 'items' || member === 'bag'

/** The key that a row holds itself is its id, whatever it is of. */
const idsOf = (member: BoxPath): Path['gives'] =>
  member === 'front' || member === 'lid' ? three([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]) : undefined

/** Each relation of a box, by each way to load it. */
export const ofRelations: readonly Path[] = members.flatMap((member) => [
  ...strategies.map((relationLoadStrategy) =>
    path(`${member} of find, by ${relationLoadStrategy}`, async (m, look) =>
      held(await boxes(m, look, member).find({ relations: { [member]: true }, relationLoadStrategy }), member),
    ),
  ),
  ...strategies.map((relationLoadStrategy) =>
    path(
      `${member} of find with withDeleted, by ${relationLoadStrategy}`,
      async (m) =>
        held(await m.find(Box, { relations: { [member]: true }, relationLoadStrategy, withDeleted: true }), member),
      { withDeleted: [1, 2] },
    ),
  ),
  path(`${member} of a page`, async (m, look) =>
    held(await boxes(m, look, member).find({ relations: { [member]: true }, take: 9, order: { id: 'ASC' } }), member),
  ),
  path(`${member} of select()`, async (m, look) => {
    const selection = m.getRepository(Box).select()
    return held(await selection.relation(member, look === 'visible' ? {} : { view: look }).rows(), member)
  }),
  path(`${member} by leftJoinAndSelect`, async (m, look) =>
    held(await boxed(m, look, member).leftJoinAndSelect(`b.${member}`, 'i').getMany(), member),
  ),
  path(`${member} by leftJoinAndSelect with OR`, async (m, look) =>
    held(await boxed(m, look, member).leftJoinAndSelect(`b.${member}`, 'i', 'i.id = 2 OR i.id > 0').getMany(), member),
  ),
  path(`${member} by innerJoinAndSelect`, async (m, look) =>
    held(await boxed(m, look, member).innerJoinAndSelect(`b.${member}`, 'i').getMany(), member),
  ),
  ...(['leftJoinAndMapOne', 'innerJoinAndMapMany'] as const).map((join) =>
    path(
      `${member} by ${join}`,
      async (m, look) => {
        const rows = await boxed(m, look, member)[join]('b.mapped', `b.${member}`, 'i').getMany()
        const mapped = rows.flatMap((row) => (row as Box & { mapped: Maybe<Item> | Item[] }).mapped)
        return join === 'leftJoinAndMapOne' ? numbers(mapped).length : numbers(mapped)
      },
      join === 'innerJoinAndMapMany' ? undefined : isMany(member) ? three(1, 1, 1) : three(1, 2, 1),
    ),
  ),
  ...(['leftJoin', 'innerJoin'] as const).map((join) =>
    path(`${member} by ${join}, raw`, async (m, look) =>
      plain(
        (await boxed(m, look, member)[join](`b.${member}`, 'i').select('i.id', 'id').getRawMany()).filter(
          ({ id }) => id !== null,
        ),
      ),
    ),
  ),
  path(`${member} by leftJoinAndMapMany`, async (m, look) => {
    const rows = await boxed(m, look, member).leftJoinAndMapMany('b.mapped', `b.${member}`, 'i').getMany()
    return numbers(rows.flatMap((row) => (row as Box & { mapped: Item[] }).mapped))
  }),
  path(
    `${member} by innerJoinAndMapOne`,
    async (m, look) => {
      const rows = await boxed(m, look, member).innerJoinAndMapOne('b.mapped', `b.${member}`, 'i').getMany()
      return numbers(rows.flatMap((row) => (row as Box & { mapped: Item }).mapped)).length
    },
    isMany(member) ? three(1, 1, 1) : three(1, 2, 1),
  ),
  path(
    `ids of ${member} by loadRelationIds`,
    async (m, look) => idsIn(await boxes(m, look, member).find({ loadRelationIds: { relations: [member] } }), member),
    idsOf(member),
  ),
  path(
    `ids of ${member} by loadRelationIds of all`,
    async (m, look) => idsIn(await boxes(m, look, member).find({ loadRelationIds: true }), member),
    idsOf(member),
  ),
  path(
    `ids of ${member} by loadAllRelationIds`,
    async (m, look) =>
      idsIn(
        await boxed(m, look, member)
          .loadAllRelationIds({ relations: [member] })
          .getMany(),
        member,
      ),
    idsOf(member),
  ),
  path(
    `ids of ${member} by loadRelationIdAndMap`,
    async (m, look) => {
      const rows = await boxed(m, look, member).loadRelationIdAndMap('b.mapped', `b.${member}`).getMany()
      return idsIn(
        rows.map((row) => ({ [member]: (row as Box & { mapped: unknown }).mapped }) as unknown as Box),
        member,
      )
    },
    idsOf(member),
  ),
  path(
    `${member} by relation().of().loadMany()`,
    async (m) =>
      numbers((await all((id) => m.createQueryBuilder().relation(Box, member).of(id).loadMany<Item>())).flat()),
    { visible: [1] },
  ),
  path(
    `${member} by relation().of().loadOne()`,
    async (m) => numbers(await all((id) => m.createQueryBuilder().relation(Box, member).of(id).loadOne<Item>())),
    { visible: [1] },
  ),
  path(
    `boxes by a condition on ${member}`,
    async (m, look) => (await boxes(m, look, member).find({ where: { [member]: { score: MoreThan(0) } } })).length,
    isMany(member) ? three(1, 1, 1) : three(1, 2, 1),
  ),
  path(
    `boxes counted by a condition on ${member}`,
    (m, look) => boxes(m, look, member).countBy({ [member]: { score: MoreThan(2) } }),
    three(0, 0, 0),
  ),
])
