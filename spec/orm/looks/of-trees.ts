import type { ModelEntityManager } from '../../../src/index.js'
import {
  all,
  type Builder,
  type Look,
  looking,
  type Maybe,
  type Numbered,
  numbers,
  type Path,
  path,
  three,
} from './path.js'
import { Branch, trees } from './trees.js'

const nodesOf = (rows: readonly Maybe<Numbered>[]) => numbers(rows).filter((id) => id < 10)

const node = (id: number, tree: (typeof trees)[number]) => Object.assign(new tree(), { id })

export const ofTrees: readonly Path[] = trees.flatMap((tree) => {
  const repository = (manager: ModelEntityManager) => manager.getTreeRepository(tree)
  const below = (m: ModelEntityManager, look: Look) =>
    looking(repository(m).createDescendantsQueryBuilder('t', 'c', node(10, tree)) as Builder<Branch>, look)
  const above = (m: ModelEntityManager, look: Look, id: number) =>
    looking(repository(m).createAncestorsQueryBuilder('t', 'c', node(id, tree)) as Builder<Branch>, look)
  return [
    path(
      `TreeRepository of ${tree.name}: findDescendants`,
      async (m) => nodesOf(await repository(m).findDescendants(node(10, tree))),
      {
        visible: [1],
      },
    ),
    path(
      `TreeRepository of ${tree.name}: findDescendantsTree`,
      async (m) => nodesOf((await repository(m).findDescendantsTree(node(10, tree))).children),
      { visible: [1] },
    ),
    path(`TreeRepository of ${tree.name}: countDescendants`, (m) => repository(m).countDescendants(node(10, tree)), {
      visible: 2,
    }),
    path(`TreeRepository of ${tree.name}: createDescendantsQueryBuilder`, async (m, look) =>
      nodesOf(await below(m, look).getMany()),
    ),
    path(
      `TreeRepository of ${tree.name}: createDescendantsQueryBuilder, counted`,
      (m, look) => below(m, look).getCount(),
      three(2, 3, 1),
    ),
    path(
      `TreeRepository of ${tree.name}: findTrees`,
      async (m) => {
        const [root, ...others] = await repository(m).findTrees()
        return [root?.id, others.length, nodesOf(root?.children ?? [])]
      },
      { visible: [10, 0, [1]] },
    ),
    path(`TreeRepository of ${tree.name}: findRoots`, async (m) => numbers(await repository(m).findRoots()), {
      visible: [10],
    }),
    path(
      `TreeRepository of ${tree.name}: findAncestors`,
      async (m) => numbers((await all((id) => repository(m).findAncestors(node(id, tree)))).flat()),
      { visible: [1, 10] },
    ),
    path(
      `TreeRepository of ${tree.name}: findAncestorsTree`,
      async (m) => {
        const found = await repository(m).findAncestorsTree(node(1, tree))
        return found.parent?.id
      },
      { visible: 10 },
    ),
    path(`TreeRepository of ${tree.name}: countAncestors`, (m) => repository(m).countAncestors(node(1, tree)), {
      visible: 2,
    }),
    path(
      `TreeRepository of ${tree.name}: createAncestorsQueryBuilder`,
      async (m, look) => nodesOf((await all((id) => above(m, look, id).getMany())).flat()),
      // The others look for the row itself by a query inside of the query, which sees what is visible.
      tree === Branch ? undefined : three([1], [1], []),
    ),
    path(`children of ${tree.name}`, async (m, look) => {
      const plainly = m.getRepository(tree)
      const seen = look === 'visible' ? plainly : plainly.relation('children', { view: look })
      const [root] = await seen.find({ where: { id: 10 }, relations: { children: true } })
      return nodesOf(root?.children ?? [])
    }),
    path(`TreeRepository of ${tree.name}: find`, async (m) => nodesOf(await repository(m).find()), {
      visible: [1],
    }),
  ]
})
