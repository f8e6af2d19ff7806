/** Orders made by hand, rows that are touched, and indexes over metadata: what must not compile, and what must. */
import { type Adds, type ModelDataSource, ModelService } from 'plinth'
import {
  type HasMetadata,
  type HasRank,
  healLists,
  Metadata,
  Orderable,
  type Ordered,
  positionsOf,
  Ranked,
  ranked,
  readList,
  type Timestamped,
  Timestamps,
  verifyLists,
  withPlace,
} from 'plinth/decorators'

const Wish = ranked('wish')

interface Card extends Ordered, Adds<typeof Wish> {}
@Orderable({ within: ['boardId'], onHide: 'keep', touchSiblings: true })
@Wish({ touchSiblings: true })
class Card {
  id!: number
  boardId!: number
  title!: string
}
class CardService extends ModelService(Card) {}

interface Song extends HasRank, Timestamped, HasMetadata {}
@Ranked()
@Timestamps({ index: true, touchOnRelations: ['tags'] })
@Metadata({ indexes: ['theme', ['size', 'eu'], { path: 'price', holds: 'number' }] })
class Song {
  id!: number
  tags!: object[]
}

interface Note extends Timestamped {}
@Timestamps({ touchOnRelations: true })
class Note {
  id!: number
}

declare const dataSource: ModelDataSource
declare const service: CardService
const cards = () => dataSource.getRepository(Card)

export const right = [
  (): readonly (number | string | null)[] => [new Card().position, new Card().wishRank, new Song().rank],
  () => cards().moveTo(1, { position: -1 }),
  async (): Promise<number | null> => (await cards().moveUp(1, { by: 2, expectedVersion: 3 })).answer.version,
  () => cards().moveToList([1, 2], { list: { boardId: 2 }, position: 1 }),
  () => cards().reorderWish([1, 2]),
  () => cards().removeFromList(1),
  () => service.moveToTop([1, 2]),
  () => readList(cards(), { boardId: 1 }).then(({ rows: [first] }) => first?.title),
  () => readList(cards(), {}, 'wish'),
  () => positionsOf(cards(), [1, 2]),
  () => healLists(cards(), [{ property: 'title', direction: 'ASC' }]),
  () => verifyLists(dataSource.getRepository(Song)),
  () => withPlace(Card, { before: 1 }, () => cards().insert({ title: 'a' })),
]

export const wrong = [
  // @ts-expect-error a move needs a position
  () => cards().moveTo(1),
  // @ts-expect-error which is a number
  () => cards().moveTo(1, { position: 'first' }),
  // @ts-expect-error the verb of another order ends in its name
  () => dataSource.getRepository(Song).moveUpWish(1),
  // @ts-expect-error a class without an order has no moves
  () => dataSource.getRepository(Note).moveUp(1),
  // @ts-expect-error moves answer a version, not positions
  async () => (await cards().moveUp(1)).answer.position,
  // @ts-expect-error there is no such place
  () => withPlace(Card, 'middle', () => cards().insert({ title: 'a' })),
  // @ts-expect-error the version is a number
  () => cards().moveToTop(1, { expectedVersion: '3' }),
]

// @ts-expect-error there is no "board"
@Orderable({ within: ['board'] })
export class Unlisted {
  position!: number | null
  predecessor!: string | null
}

// @ts-expect-error rank is missing
@Ranked()
export class Unranked {
  predecessor!: string | null
}

// @ts-expect-error wishPredecessor is missing
@Wish()
export class Unwished {
  wishRank!: string | null
}

// @ts-expect-error there is no "labels"
@Timestamps({ touchOnRelations: ['labels'] })
export class Unlabelled {
  createdAt!: Date
  updatedAt!: Date
}

// @ts-expect-error rows leave or keep
@Orderable({ onHide: 'stay' })
export class Staying {
  position!: number | null
  predecessor!: string | null
}

// @ts-expect-error an index holds text or numbers
@Metadata({ indexes: [{ path: 'price', holds: 'date' }] })
export class Dated {
  metadata!: Record<string, unknown>
}
