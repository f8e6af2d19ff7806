import {
  anyone,
  BulkActionMixin,
  type BulkOutcome,
  type BulkRequest,
  type Call,
  either,
  ModelViewSet,
  PermissionDeniedError,
  type RowCall,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Book, BookSerializer, editor, owner, Shelf, ShelfSerializer } from './library.js'

const options = {
  serializer: BookSerializer,
  permissions: { '*': anyone },
  filters: { title: ['eq', 'contains', 'in'], pages: ['gte'], shelfId: ['eq'] },
} as const
const allow = either(editor, owner)

/** All ways: by items, by ids, by filters, all or none or each by itself; what callers see is narrowed. */
@Resource('/bulk-books')
export class BulkBookViewSet extends BulkActionMixin(ModelViewSet(Book, options), {
  permissions: {
    create: anyone,
    update: allow,
    delete: allow,
    restore: allow,
    moveToTop: allow,
    reorder: editor,
    moveTo: allow,
  },
  max: 8,
  maxByFilter: 5,
  perItem: true,
  version: 'pages',
}) {
  override select(call: Call) {
    const rows = super.select(call)
    return call.user?.roles.includes('editor') ? rows : rows.where({ ownerId: call.user?.id ?? 'ada' })
  }
}

/** Does something of its own for each row, and for all of them. */
@Resource('/own-books')
export class OwnBulkViewSet extends BulkActionMixin(ModelViewSet(Book, options), {
  allow: anyone,
  actions: ['create', 'update', 'delete'],
}) {
  override performUpdate(call: RowCall<Book, object>) {
    return super.performUpdate(call.with({ body: { ...call.body, pages: 9 } }))
  }
  override performDestroy(call: RowCall<Book>) {
    if (call.row.title === 'holy') throw new PermissionDeniedError('This one stays.')
    return super.performDestroy(call)
  }
  override async performBulkAction(action: string, call: Call<BulkRequest>): Promise<BulkOutcome> {
    const outcome = await super.performBulkAction(action, call)
    if (outcome.results.length > 3) throw new PermissionDeniedError('That is a lot.')
    return outcome
  }
}

/** Keys that the database makes. */
@Resource('/bulk-shelves')
export class BulkShelfViewSet extends BulkActionMixin(
  ModelViewSet(Shelf, { serializer: ShelfSerializer, permissions: { '*': anyone }, scope: () => ({ name: 'scoped' }) }),
  { allow: anyone, actions: ['create', 'update'] },
) {}
