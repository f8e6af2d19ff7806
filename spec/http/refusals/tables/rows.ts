import { anyone, BulkActionMixin, ModelViewSet } from 'plinth'
import { Resource } from 'plinth/decorators'
import * as bulk from '../../support/bulk-library.js'
import * as library from '../../support/library.js'
import type { RefusalTable } from '../refusal.js'
import { manyRows } from './many-rows.js'
import { orders } from './orders.js'
import { verbs } from './verbs.js'

/** Lists that are put in order, and expected to be as they were. */
@Resource('/ordered-books')
class OrderedBookViewSet extends BulkActionMixin(
  ModelViewSet(library.Book, {
    serializer: library.BookSerializer,
    permissions: { '*': anyone },
    verbs: { moveTo: anyone, moveBefore: anyone },
  }),
  { allow: anyone, actions: ['create', 'update', 'delete', 'reorder', 'moveTo', 'restore'], perItem: true, max: 3 },
) {}

/** What rows and the traits of their entities refuse: the trash, verbs, orders, slugs, many rows at once. */
export const rows: RefusalTable = {
  title: 'verbs, the trash, orders and many rows at once',
  entities: library.entities,
  viewSets: [
    library.BookViewSet,
    library.ShelfViewSet,
    library.LetterViewSet,
    bulk.BulkBookViewSet,
    OrderedBookViewSet,
  ],
  store: async (dataSource) => {
    const [one, two, gone, loaned] = await library.storeBooks(dataSource, ['one', 'two', 'gone', 'loaned'])
    const [stranger] = await library.storeBooks(dataSource, ['stranger'])
    const [orphan] = await library.storeBooks(dataSource, ['orphan'])
    const books = dataSource.getRepository(library.Book)
    await dataSource.getRepository(library.Loan).save({ bookId: loaned!.id })
    await books.delete([gone!.id, loaned!.id])
    await dataSource.getRepository(library.Shelf).delete(orphan!.shelfId)
    const [clash] = await library.storeBooks(dataSource, ['clash'], { isbn: 'taken', shelfId: one!.shelfId })
    return {
      one: one!.id,
      two: two!.id,
      gone: gone!.id,
      loaned: loaned!.id,
      stranger: stranger!.id,
      orphan: orphan!.id,
      shelf: one!.shelfId,
      clash: clash!.id,
      lost: '018f4e52-0000-7000-8000-000000000000',
    }
  },
  refusals: [...verbs, ...orders, ...manyRows],
}
