import type { Constructor, ModelDataSource, NameStyle } from 'plinth'
import type { AnyClass } from '../../../src/metadata/fact-kind.js'
import * as nested from '../../serializer/library.js'
import * as shop from '../caching/shop.js'
import * as atlas from '../support/atlas.js'
import * as bulk from '../support/bulk-library.js'
import * as gazetteer from '../support/gazetteer.js'
import * as journal from '../support/journal.js'
import * as library from '../support/library.js'
import * as notes from '../support/notes.js'
import * as orders from '../support/orders.js'
import { MeasureController } from './measures.js'

/** An application that is fuzzed. */
export interface FuzzedApplication {
  readonly title: string
  readonly entities: readonly AnyClass[]
  readonly viewSets: readonly Constructor[]
  /** How its names are spelt; as they are declared unless told. */
  readonly names?: NameStyle
  /** Stores rows that requests can find; run again and again. */
  readonly store: (dataSource: ModelDataSource, round: number) => Promise<unknown>
  /** Operations that no request succeeds with by chance. */
  readonly rare?: readonly string[]
}

const atlasApplication: FuzzedApplication = {
  title: 'rows with keys of every kind, owners, services',
  entities: [atlas.Country, atlas.City, atlas.Language],
  viewSets: [
    atlas.CountryViewSet,
    atlas.LanguageViewSet,
    atlas.CityViewSet,
    atlas.OwnCityViewSet,
    atlas.ServicedCityViewSet,
  ],
  store: async (dataSource, round) => {
    const code = round.toString(36).padStart(2, '0').slice(-2)
    await dataSource.getRepository(atlas.Country).delete({ code })
    await dataSource.getRepository(atlas.Country).save({ name: `country ${round}`, code, population: 5 })
    await dataSource.getRepository(atlas.Language).save({ code, name: 'a language' })
    for (const ownerId of ['ada', 'bob']) {
      await dataSource.getRepository(atlas.City).save({ name: `city ${round}`, ownerId, tags: { a: 1 } })
    }
  },
}

const libraryApplication: FuzzedApplication = {
  title: 'trash, verbs, views, orders, slugs, bulk writes',
  entities: library.entities,
  viewSets: [
    library.BookViewSet,
    library.ShelfViewSet,
    library.LetterViewSet,
    bulk.BulkBookViewSet,
    bulk.OwnBulkViewSet,
    bulk.BulkShelfViewSet,
  ],
  store: async (dataSource, round) => {
    const books = await library.storeBooks(dataSource, [`one ${round}`, `two ${round}`, `three ${round}`])
    await dataSource.getRepository(library.Book).delete(books[2]!.id)
    const letter = await dataSource.getRepository(library.Letter).save({ text: `letter ${round}` })
    const hidden = await dataSource.getRepository(library.Letter).save({ text: `hidden ${round}` })
    await dataSource.getRepository(library.Letter).archive(hidden.id, { reason: 'old' })
    await dataSource.getRepository(library.Shelf).save({ name: 'scoped' })
    return letter
  },
}

const gazetteerApplication: FuzzedApplication = {
  title: 'lists with filters, search, orders, cursors',
  entities: [gazetteer.Town, gazetteer.State, gazetteer.Tongue],
  viewSets: [gazetteer.TownViewSet, gazetteer.CensusViewSet, gazetteer.WalkViewSet, gazetteer.StateViewSet],
  store: async (dataSource, round) => {
    const tongue = await dataSource.getRepository(gazetteer.Tongue).save({ name: 'tongue' })
    const state = await dataSource.getRepository(gazetteer.State).save({ name: `state ${round}`, tongues: [tongue] })
    await dataSource.getRepository(gazetteer.Town).save(
      [1, 2, 3, 4].map((place) => ({
        id: round * 10 + place,
        name: `town ${place}`,
        people: place % 2 === 0 ? null : place,
        budget: `${place}.50`,
        facts: { river: 'Elbe', bridges: place },
        founded: '1200-01-01',
        stateId: state.id,
      })),
    )
  },
}

const notesApplication: FuzzedApplication = {
  title: 'conditions, chosen keys',
  entities: [notes.Note, notes.Dated, notes.Bare, notes.Keyed],
  viewSets: [
    notes.KeyedViewSet,
    notes.ServicedKeyedViewSet,
    notes.NoteViewSet,
    notes.ServicedNoteViewSet,
    notes.GuardedNoteViewSet,
    notes.DatedViewSet,
    notes.BareViewSet,
  ],
  store: async (dataSource, round) => {
    await dataSource.getRepository(notes.Note).save({ title: `note ${round}` })
    await dataSource.getRepository(notes.Dated).save({ title: `dated ${round}` })
    await dataSource.getRepository(notes.Bare).save({ title: `bare ${round}` })
    await dataSource.getRepository(notes.Keyed).save({ key: `key ${round}`, title: `keyed ${round}` })
  },
}

const ordersApplication: FuzzedApplication = {
  title: 'keys of requests',
  entities: [orders.Order],
  viewSets: [orders.OrderViewSet],
  store: (dataSource, round) => dataSource.getRepository(orders.Order).save({ name: `order ${round}` }),
}

const nestedApplication: FuzzedApplication = {
  title: 'related rows that are read and written, rules of fields',
  entities: [nested.Author, nested.Tag, nested.Book, nested.Chapter],
  viewSets: [nested.BookViewSet, nested.EditionViewSet],
  store: async (dataSource, round) => {
    const author = await dataSource.getRepository(nested.Author).save({ name: `author ${round}`, email: 'a@b.de' })
    const tag = await dataSource.getRepository(nested.Tag).save({ word: 'tag' })
    const book = await dataSource.getRepository(nested.Book).save({ title: `book ${round}`, author, tags: [tag] })
    await dataSource.getRepository(nested.Chapter).save({ title: 'chapter', book })
  },
}

const shopApplication: FuzzedApplication = {
  title: 'answers that are cached',
  entities: shop.shopEntities,
  viewSets: shop.shopViewSets,
  store: async (dataSource, round) => {
    const maker = await dataSource.getRepository(shop.Maker).save({ name: `maker ${round}` })
    const wares = ['ada', 'bob'].map((owner) => ({ name: `ware ${round}`, price: round, owner, maker }))
    await dataSource.getRepository(shop.Ware).save(wares)
  },
}

const nativeApplication: FuzzedApplication = {
  title: 'actions of routing-controllers',
  entities: [notes.Bare],
  viewSets: [MeasureController],
  store: (dataSource, round) => dataSource.getRepository(notes.Bare).save({ title: `bare ${round}` }),
}

const journalApplication: FuzzedApplication = {
  title: 'names in snake_case',
  names: 'snake_case',
  entities: journal.entities,
  viewSets: journal.viewSets,
  store: async (dataSource, round) => {
    const mainWriter = await dataSource.getRepository(journal.Writer).save({ fullName: `writer ${round}` })
    const article = await dataSource
      .getRepository(journal.Article)
      .save({ headLine: `article ${round}`, wordCount: 5, readerSettings: { fontSize: 1 }, mainWriter })
    return dataSource.getRepository(journal.Remark).save({ remarkText: `remark ${round}`, remarkedArticle: article })
  },
}

export const applications: readonly FuzzedApplication[] = [
  atlasApplication,
  libraryApplication,
  gazetteerApplication,
  notesApplication,
  ordersApplication,
  nestedApplication,
  shopApplication,
  nativeApplication,
  journalApplication,
]
