import {
  anyone,
  BulkActionMixin,
  type Call,
  CreateMixin,
  either,
  GenericViewSet,
  ListMixin,
  ModelViewSet,
  PaginationMixin,
  type Permission,
  RetrieveMixin,
  type RowCall,
  rowRule,
  rowWhere,
  signedIn,
  UpdateMixin,
  VerbsMixin,
  ViewRowsMixin,
} from 'plinth'
import { SoftDeleteViewSetMixin } from 'plinth/decorators'
import {
  Article,
  ArticleSerializer,
  ArticleService,
  Articles,
  admin,
  Note,
  NoteSerializer,
  NoteService,
  owner,
  ownerOrAdmin,
} from './http-fixtures.js'

const serializer = ArticleSerializer

// Right programs.
ModelViewSet(Article, { serializer, permissions: { '*': anyone } })
ModelViewSet(Article, { serializer, only: ['list', 'retrieve'], permissions: { list: anyone, retrieve: owner } })
ModelViewSet(Article, {
  serializer,
  service: ArticleService,
  permissions: { '*': ownerOrAdmin },
  pagination: { style: 'page', size: 10, max: 50 },
  defaultOrdering: ['-views', 'title'],
  scope: ({ user }) => ({ ownerId: user?.id ?? '' }),
})
GenericViewSet(Article, { serializer, scope: ({ user }) => (user === null ? {} : { ownerId: user.id }) })
GenericViewSet(Article, { serializer, scope: ({ user }): { ownerId?: string } => (user ? { ownerId: user.id } : {}) })
ListMixin(RetrieveMixin(GenericViewSet(Note, { serializer: NoteSerializer }), { allow: anyone }), { allow: signedIn })
UpdateMixin(GenericViewSet(Article, { serializer }), { allow: { partialUpdate: owner } })
export class Overriding extends PaginationMixin(Articles, { style: 'page', size: 5 }) {
  override select(call: Call) {
    return super.select(call).where({ published: true })
  }
  override performCreate(call: Call<(typeof ArticleSerializer)['$create']>) {
    return super.performCreate(call.with({ body: { ...call.body, ownerId: call.user?.id ?? '' } }))
  }
  override async retrieve(call: RowCall<Article>) {
    return this.service.publish(call.row, 1)
  }
}
export class Part extends ModelViewSet(Article, { serializer, only: ['create'], permissions: { create: signedIn } }) {
  override performCreate(call: Call<(typeof ArticleSerializer)['$create']>) {
    return super.performCreate(call)
  }
}
export class Changing extends Articles {
  override performUpdate(call: RowCall<Article, (typeof ArticleSerializer)['$patch']>) {
    return super.performUpdate(call.with({ body: { ...call.body, published: true } }))
  }
}

// Permissions.
// @ts-expect-error: none at all
ModelViewSet(Article, { serializer })
ModelViewSet(Article, {
  serializer,
  // @ts-expect-error: one action has none
  permissions: { list: anyone, retrieve: anyone, create: anyone, update: anyone, partialUpdate: anyone },
})
// @ts-expect-error: a rule about rows for an action that has none
ModelViewSet(Article, { serializer, permissions: { create: owner, '*': anyone } })
// @ts-expect-error: a misspelt action
ModelViewSet(Article, { serializer, permissions: { lst: anyone, '*': anyone } })
// @ts-expect-error: a boolean is no permission
ModelViewSet(Article, { serializer, permissions: { '*': true } })
// @ts-expect-error: a rule about a member the entity does not have
ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': owner } })
// @ts-expect-error: the same, inside another rule
ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': either(admin, owner) } })
// @ts-expect-error: a rule about more than the entity has
export const narrower: Permission<Note> = rowRule<Note & { ownerId: string }>('owner', () => true)
export const owned: Permission<Note & { ownerId: string }> = rowWhere<{ ownerId: string }>(
  'owner',
  ({ user }) => user && { ownerId: user.id },
)
// @ts-expect-error: the same of a rule that is a condition
export const narrow: Permission<Note> = rowWhere<{ ownerId: string }>(
  'owner',
  ({ user }) => user && { ownerId: user.id },
)
// @ts-expect-error: a value that may be missing, of which every row would do
rowWhere<{ ownerId: string }>('owner', ({ user }) => ({ ownerId: user?.id }))
// @ts-expect-error: a value of another type
rowWhere<{ ownerId: string }>('owner', () => ({ ownerId: 7 }))
// @ts-expect-error: a misspelt property
rowWhere<{ ownerId: string }>('owner', () => ({ ownedId: 'ada' }))
// @ts-expect-error: whether a row will do, which is for `rowRule`
rowWhere<{ ownerId: string }>('owner', ({ user }) => user !== null)
// @ts-expect-error: a rule for an action it does not have
ModelViewSet(Article, { serializer, only: ['list'], permissions: { list: anyone, destroy: admin } })
// @ts-expect-error: a misspelt action
ModelViewSet(Article, { serializer, only: ['retreive'], permissions: { '*': anyone } })

// Options.
// @ts-expect-error: the serializer of another entity
ModelViewSet(Article, { serializer: NoteSerializer, permissions: { '*': anyone } })
// @ts-expect-error: the service of another entity
ModelViewSet(Article, { serializer, service: NoteService, permissions: { '*': anyone } })
// @ts-expect-error: an instance instead of a class
ModelViewSet(Article, { serializer, service: new ArticleService(), permissions: { '*': anyone } })
// @ts-expect-error: no such option
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, filter: {} })
// @ts-expect-error: a misspelt property
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, defaultOrdering: ['-veiws'] })
// @ts-expect-error: rows cannot be ordered by what it carries for types
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, defaultOrdering: ['~SoftDelete'] })
// @ts-expect-error: a misspelt property
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, scope: () => ({ owner: 'u' }) })
// @ts-expect-error: a misspelt property beside a right one
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, scope: () => ({ ownerId: 'u', owner: 'u' }) })
// @ts-expect-error: a misspelt property beside a right one, of some calls
GenericViewSet(Article, { serializer, scope: ({ user }) => (user ? { ownerId: user.id, owner: 'u' } : {}) })
// @ts-expect-error: a value of another type
GenericViewSet(Article, { serializer, scope: () => ({ ownerId: 5 }) })
// @ts-expect-error: a user who may not be there
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, scope: ({ user }) => ({ ownerId: user.id }) })
// @ts-expect-error: no such style
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, pagination: { style: 'offset' } })
// @ts-expect-error: no such option
PaginationMixin(Articles, { style: 'page', pageSize: 10 })

// Mixins.
// @ts-expect-error: no rule
ListMixin(GenericViewSet(Note, { serializer: NoteSerializer }))
// @ts-expect-error: no rule in the options
CreateMixin(GenericViewSet(Note, { serializer: NoteSerializer }), {})
// @ts-expect-error: a rule about a member the entity does not have
RetrieveMixin(GenericViewSet(Note, { serializer: NoteSerializer }), { allow: owner })
// @ts-expect-error: rules for none of its actions
UpdateMixin(GenericViewSet(Note, { serializer: NoteSerializer }), { allow: {} })
// @ts-expect-error: no viewset
ListMixin(Article, { allow: anyone })

// Verbs and views of traits.
const Restored = VerbsMixin(Articles, { restore: owner })
ViewRowsMixin(Articles, {
  view: 'onlyDeleted',
  path: 'trash',
  allow: signedIn,
  remove: { verb: 'purge', allow: admin },
})
export class Trashed extends SoftDeleteViewSetMixin(Restored, { allow: { trash: signedIn, purge: admin } }) {
  override performVerb(verb: 'restore' | 'purge', call: RowCall<Article, object>) {
    return super.performVerb(verb, call)
  }
  override trash(call: Call) {
    return super.trash(call)
  }
}
// @ts-expect-error: a verb it does not have
VerbsMixin(Articles, { moveTo: owner })
// @ts-expect-error: a verb without a rule
VerbsMixin(Articles, { restore: undefined })
// @ts-expect-error: an entity without verbs
VerbsMixin(GenericViewSet(Note, { serializer: NoteSerializer }), { restore: anyone })
export class WithVerbs extends ModelViewSet(Article, {
  serializer,
  permissions: { '*': anyone },
  verbs: { restore: owner, touch: admin },
}) {
  override performVerb(verb: 'restore' | 'purge' | 'touch', call: RowCall<Article, object>) {
    return super.performVerb(verb, call)
  }
}
// @ts-expect-error: a verb it does not have
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, verbs: { moveTo: owner } })
// @ts-expect-error: a verb without a rule
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, verbs: { restore: undefined } })
// @ts-expect-error: an entity without verbs
ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': anyone }, verbs: { restore: anyone } })
const signed = rowRule<{ signature: string }>('signed', () => true)
// @ts-expect-error: a rule about a member the entity does not have
ModelViewSet(Article, { serializer, permissions: { '*': anyone }, verbs: { restore: signed } })
// @ts-expect-error: a view it does not have
ViewRowsMixin(Articles, { view: 'lost', path: 'trash', allow: anyone })
// @ts-expect-error: no rule
ViewRowsMixin(Articles, { view: 'onlyDeleted', path: 'trash' })
// @ts-expect-error: no rule for the trash
SoftDeleteViewSetMixin(Articles, { allow: { restore: owner } })
// @ts-expect-error: an entity whose rows are not deleted softly
SoftDeleteViewSetMixin(GenericViewSet(Note, { serializer: NoteSerializer }), { allow: { trash: anyone } })

// Many rows at once.
BulkActionMixin(Articles, { allow: ownerOrAdmin, actions: ['create', 'update', 'delete', 'restore'], max: 5 })
BulkActionMixin(Articles, { permissions: { delete: admin, purge: owner }, version: 'updatedAt' })
// @ts-expect-error: no rule
BulkActionMixin(Articles, { actions: ['delete'] })
// @ts-expect-error: no actions
BulkActionMixin(Articles, { allow: admin })
// @ts-expect-error: a verb it does not have
BulkActionMixin(Articles, { allow: admin, actions: ['moveTo'] })
// @ts-expect-error: a verb it does not have, with a rule
BulkActionMixin(Articles, { permissions: { moveTo: admin } })
// @ts-expect-error: a rule about a member the entity does not have
BulkActionMixin(GenericViewSet(Note, { serializer: NoteSerializer }), { allow: owner, actions: ['delete'] })
// @ts-expect-error: a property it does not have
BulkActionMixin(Articles, { allow: admin, actions: ['delete'], version: 'revision' })

// Overrides.
export class Overrides extends Articles {
  // @ts-expect-error: a misspelt action
  override retreive(call: RowCall<Article>) {
    return call.row
  }
  // @ts-expect-error: a result that is no row
  override list(_call: Call) {
    return 'all of them'
  }
  // @ts-expect-error: a call on a row of another entity
  override destroy(call: RowCall<Note>) {
    return void call.row.text
  }
  // @ts-expect-error: without the word
  update(call: RowCall<Article>) {
    return call.row
  }
}
export class Partly extends ModelViewSet(Article, { serializer, only: ['list'], permissions: { list: anyone } }) {
  // @ts-expect-error: an action it does not have
  override retrieve(call: RowCall<Article>) {
    return call.row
  }
}
export class Bodies extends Articles {
  override performCreate(call: Call<(typeof ArticleSerializer)['$create']>) {
    // @ts-expect-error: a body without what it needs
    return super.performCreate(call.with({ body: { body: 'text' } }))
  }
}
export class Misspelt extends Articles {
  override performCreate(call: Call<(typeof ArticleSerializer)['$create']>) {
    // @ts-expect-error: a misspelt property of the entity
    return super.performCreate(call.with({ body: { ...call.body, ownreId: 'me' } }))
  }
  override performUpdate(call: RowCall<Article, (typeof ArticleSerializer)['$patch']>) {
    // @ts-expect-error: one that is written to a row
    return super.performUpdate(call.with({ body: { ...call.body, publishd: true } }))
  }
}
export class Services extends Articles {
  override retrieve({ row }: RowCall<Article>) {
    // @ts-expect-error: a misspelt method of the service
    return this.service.publis(row, 1)
  }
}
export class WithoutService extends ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': anyone } }) {
  override retrieve({ row }: RowCall<Note>) {
    // @ts-expect-error: a service, where the viewset was given none
    return this.service.update(row, {})
  }
}
