import {
  anyone,
  BulkActionMixin,
  CreateMixin,
  computed,
  createDataSource,
  createHttpApplication,
  DestroyMixin,
  defineTrait,
  eq,
  extendSerializer,
  GenericViewSet,
  ListMixin,
  ModelDataSource,
  ModelViewSet,
  PaginationMixin,
  Registry,
  RetrieveMixin,
  Serializer,
  UpdateMixin,
  ViewRowsMixin,
} from 'plinth'
import { Container, createApp, describeApp, providers } from 'plinth/container'
import {
  Action,
  AlwaysUnique,
  Audited,
  CacheResponse,
  ConcurrencyLimit,
  DefaultOrdering,
  LogRequest,
  Metadata,
  Orderable,
  orderable,
  Ranked,
  RateLimit,
  Sluggable,
  SoftDelete,
  SoftDeleteViewSetMixin,
  StampOn,
  Timestamps,
  TouchParent,
  UuidPk,
  Versioned,
} from 'plinth/decorators'
import { Book, BookSerializer } from '../serializer/library.js'

/** Something that is given an option by a name that there is not. */
export interface Misspelt {
  /** The public types of options that it is about. */
  readonly about: readonly string[]
  readonly give: () => unknown
  readonly subject: string
  readonly problem: string
  readonly remedy: string
}

const permissions = { '*': anyone } as const
const Books = GenericViewSet(Book, { serializer: BookSerializer })
const memory = { type: 'sqlite', database: ':memory:' } as const
const serializer = BookSerializer

type Row = readonly [give: () => unknown, subject: string, problem: string, remedy: string, ...about: readonly string[]]

const rowsOf = (rows: Readonly<Record<string, Row>>): Readonly<Record<string, Misspelt>> =>
  Object.fromEntries(
    Object.entries(rows).map(([what, [give, subject, problem, remedy, ...about]]) => [
      what,
      { about, give, subject, problem, remedy },
    ]),
  )

/** What an entity with a decorator says when it is compiled. */
const applied =
  (decorator: (options: never) => (target: never) => void, options: object = {}) =>
  (): unknown => {
    class Entity {}
    decorator(options as never)(Entity as never)
    return new Registry([Entity])
  }
const part = (parts: object): (() => unknown) =>
  applied(defineTrait({ name: 'Parted', defaults: {}, ...parts }) as never)

/** Options of traits, told where entities are compiled. */
export const traits = rowsOf({
  SoftDelete: [applied(SoftDelete, { bye: true }), '@SoftDelete', 'it has no option "bye".', 'Did you mean "by"?'],
  Timestamps: [
    applied(Timestamps, { indexed: true }),
    '@Timestamps',
    'it has no option "indexed".',
    'Did you mean "index"?',
  ],
  Sluggable: [
    applied(Sluggable, { from: 'title', maxlength: 20 }),
    '@Sluggable',
    'it has no option "maxlength".',
    'Did you mean "maxLength"?',
    'SluggableOptions',
  ],
  'Sluggable.as': [
    applied(Sluggable.as('path'), { form: 'title' }),
    '@Sluggable',
    'it has no option "form".',
    'Did you mean "from"?',
  ],
  Orderable: [
    applied(Orderable, { onhidden: 'keep' }),
    '@Orderable',
    'it has no option "onhidden".',
    'Did you mean "onHide"?',
  ],
  orderable: [
    applied(orderable('shelf'), { lists: [] }),
    '@Orderable',
    'it has no option "lists".',
    'There are: within, onHide, touchSiblings.',
  ],
  Ranked: [applied(Ranked, { with: [] }), '@Ranked', 'it has no option "with".', 'Did you mean "within"?'],
  Metadata: [
    applied(Metadata, { maxbytes: 5 }),
    '@Metadata',
    'it has no option "maxbytes".',
    'Did you mean "maxBytes"?',
  ],
  StampOn: [
    applied(StampOn, { field: 'title', equals: 1, stamp: 'at', equal: 2 }),
    '@StampOn',
    'it has no option "equal".',
    'Did you mean "equals"?',
  ],
  TouchParent: [
    applied(TouchParent, { relation: 'author', relations: [] }),
    '@TouchParent',
    'it has no option "relations".',
    'Did you mean "relation"?',
    'TouchParentOptions',
  ],
  UuidPk: [
    applied(UuidPk, { allowClientID: true, versions: 4 }),
    '@UuidPk',
    'it has no option "versions".',
    'Did you mean "version"?',
  ],
  Versioned: [applied(Versioned, { start: 5 }), '@Versioned', 'it has no option "start".', 'There are none.'],
  Audited: [
    applied(Audited, { omits: ['secret'] }),
    '@Audited',
    'it has no option "omits".',
    'Did you mean "omit"?',
    'AuditOptions',
  ],
  AlwaysUnique: [
    applied(AlwaysUnique, { by: ['title'], bye: [] }),
    '@AlwaysUnique',
    'it has no option "bye".',
    'Did you mean "by"?',
  ],
  DefaultOrdering: [
    applied(DefaultOrdering, { by: ['title'], order: 'ASC' }),
    '@DefaultOrdering',
    'it has no option "order".',
    'There are: by.',
  ],
  'a trait of a user': [
    applied(defineTrait({ name: 'Weighed', defaults: { unit: 'kg', most: undefined } }), { units: 'g' }),
    '@Weighed',
    'it has no option "units".',
    'Did you mean "unit"?',
  ],
  'a part of a trait': [part({ scope: () => ({}) }), '@Parted', 'it has no part "scope".', 'Did you mean "scopes"?'],
  'a rule of a trait': [
    part({ rules: () => ({ insert: { set: () => ({}) }, updates: {} }) }),
    '@Parted',
    'it has no rule "updates" in `rules`.',
    'Did you mean "update"?',
  ],
  'a part of a rule': [
    part({ rules: () => ({ update: { sets: [], set: () => ({}), gard: () => ({}) } }) }),
    '@Parted',
    'it has no part "gard" in `rules.update`.',
    'Did you mean "guard"?',
    'Declaration',
  ],
  'a part of a verb': [
    part({ verbs: () => ({ raise: { set: () => ({}), withouts: [] } }) }),
    '@Parted',
    'it has no part "withouts" in `verbs.raise`.',
    'Did you mean "without"?',
  ],
  'a part of a scope': [
    part({ scopes: () => ({ kept: { where: eq('id', 1), defaults: true } }) }),
    '@Parted',
    'it has no part "defaults" in `scopes.kept`.',
    'Did you mean "default"?',
  ],
  'a part of a view': [
    part({ views: () => ({ all: { withouts: [] } }) }),
    '@Parted',
    'it has no part "withouts" in `views.all`.',
    'Did you mean "without"?',
  ],
  'a part of an index': [
    part({ indexes: () => [{ properties: [], uniqe: 'visible' }] }),
    '@Parted',
    'it has no part "uniqe" in `indexes`.',
    'Did you mean "unique"?',
  ],
})

/** Options of declarations, told where they stand. */
export const declarations = rowsOf({
  ModelViewSet: [
    () => ModelViewSet(Book, { serializer, permissions, filter: {} } as never),
    'The viewset of Book',
    'it has no option "filter".',
    'Did you mean "filters"?',
    'ModelViewSetOptions',
  ],
  'permissions of ModelViewSet': [
    () => ModelViewSet(Book, { serializer, permissions: { ...permissions, delete: anyone } } as never),
    'The viewset of Book',
    'it has no standard action "delete".',
    'There are: list, retrieve, create, update, partialUpdate, destroy, *.',
  ],
  GenericViewSet: [
    () => GenericViewSet(Book, { serializer, requirePreconditions: true } as never),
    'The viewset of Book',
    'it has no option "requirePreconditions".',
    'Did you mean "requirePrecondition"?',
    'GenericViewSetOptions',
  ],
  'pagination of a viewset': [
    () => GenericViewSet(Book, { serializer, pagination: { style: 'page', siz: 5 } } as never),
    'Pages of Book',
    'it has no option "siz".',
    'Did you mean "size"?',
  ],
  'a count of pages': [
    () => GenericViewSet(Book, { serializer, pagination: { style: 'page', count: { caped: 5 } } } as never),
    'Pages of Book',
    'it has no option "caped" in `count`.',
    'Did you mean "capped"?',
  ],
  'a filter': [
    () => GenericViewSet(Book, { serializer, filters: { title: { operator: ['eq'] } } } as never),
    'The viewset of Book',
    'it has no option "operator" in `filters.title`.',
    'Did you mean "operators"?',
    'FilterDeclaration',
  ],
  'a search': [
    () => GenericViewSet(Book, { serializer, search: { field: ['title'] } } as never),
    'The viewset of Book',
    'it has no option "field" in `search`.',
    'Did you mean "fields"?',
    'SearchOptions',
  ],
  'the row above': [
    () => GenericViewSet(Book, { serializer, parent: { relation: 'shelf', bye: 'name' } } as never),
    'The viewset of Book',
    'it has no option "bye" in `parent`.',
    'Did you mean "by"?',
    'ParentOptions',
  ],
  PaginationMixin: [
    () => PaginationMixin(Books, { style: 'page', pageMax: 5 } as never),
    'PaginationMixin',
    'it has no option "pageMax".',
    'There are: style, size, max, clamp, count, sealed.',
  ],
  ListMixin: [
    () => ListMixin(Books, { alow: anyone } as never),
    'ListMixin',
    'it has no option "alow".',
    'Did you mean "allow"?',
  ],
  CreateMixin: [
    () => CreateMixin(Books, { allow: anyone, status: 200 } as never),
    'CreateMixin',
    'it has no option "status".',
    'There are: allow.',
  ],
  RetrieveMixin: [
    () => RetrieveMixin(Books, { allows: anyone } as never),
    'RetrieveMixin',
    'it has no option "allows".',
    'Did you mean "allow"?',
  ],
  UpdateMixin: [
    () => UpdateMixin(Books, { permission: anyone } as never),
    'UpdateMixin',
    'it has no option "permission".',
    'There are: allow.',
  ],
  'the rules of UpdateMixin': [
    () => UpdateMixin(Books, { allow: { update: anyone, partialupdate: anyone } } as never),
    'UpdateMixin',
    'it has no action "partialupdate" in `allow`.',
    'Did you mean "partialUpdate"?',
    'UpdateRules',
  ],
  DestroyMixin: [
    () => DestroyMixin(Books, { Allow: anyone } as never),
    'DestroyMixin',
    'it has no option "Allow".',
    'Did you mean "allow"?',
  ],
  ViewRowsMixin: [
    () => ViewRowsMixin(Books, { view: 'onlyDeleted', path: 'trash', allow: anyone, removes: {} } as never),
    'ViewRowsMixin',
    'it has no option "removes".',
    'Did you mean "remove"?',
    'ViewRowsOptions',
  ],
  'removal of ViewRowsMixin': [
    () => ViewRowsMixin(Books, { view: 'v', path: 'p', allow: anyone, remove: { verbs: 'purge' } } as never),
    'ViewRowsMixin',
    'it has no option "verbs" in `remove`.',
    'Did you mean "verb"?',
  ],
  BulkActionMixin: [
    () => BulkActionMixin(Books, { allow: anyone, actions: ['create'], peritem: true } as never),
    'BulkActionMixin',
    'it has no option "peritem".',
    'Did you mean "perItem"?',
    'BulkActionOptions',
  ],
  SoftDeleteViewSetMixin: [
    () => SoftDeleteViewSetMixin(Books as never, { allow: { trash: anyone, restored: anyone } } as never),
    'SoftDeleteViewSetMixin',
    'it has no action "restored".',
    'Did you mean "restore"?',
    'TrashRules',
  ],
  Serializer: [
    () => Serializer(Book, { fields: ['id'], readonly: ['id'] } as never),
    'Serializer(Book)',
    'it has no option "readonly".',
    'Did you mean "readOnly"?',
    'SerializerSpec',
  ],
  extendSerializer: [
    () => extendSerializer(BookSerializer, { fields: [], nest: {} } as never),
    'Serializer(Book)',
    'it has no option "nest".',
    'Did you mean "nested"?',
  ],
  'a nested relation': [
    () => Serializer(Book, { fields: ['id'], nested: { author: { serializer, most: 5 } } } as never),
    'Serializer(Book)',
    'it has no option "most" in `nested.author`.',
    'There are: serializer, max, optional, write, orderBy, scope, allow.',
    'NestedOptions',
    'NestedOneOptions',
  ],
  'rules of a nested relation': [
    () => Serializer(Book, { fields: ['id'], nested: { author: { serializer, allow: { delete: anyone } } } } as never),
    'Serializer(Book)',
    'it has no rule "delete" in `nested.author.allow`.',
    'There are: refer, create, change, remove.',
    'NestedRules',
  ],
  'rules of a field': [
    () => Serializer(Book, { fields: ['id'], rules: { id: { reads: anyone } } } as never),
    'Serializer(Book)',
    'it has no rule "reads" in `rules.id`.',
    'Did you mean "read"?',
    'FieldRules',
  ],
  'fields of an action': [
    () => Serializer(Book, { fields: ['id'], actions: { list: { reads: ['id'] } } } as never),
    'Serializer(Book)',
    'it has no part "reads" in `actions.list`.',
    'Did you mean "read"?',
  ],
  'a computed field': [
    () => computed(Book, { requires: [], value: () => 1, schemas: {} } as never),
    'computed(Book)',
    'it has no option "schemas".',
    'Did you mean "schema"?',
  ],
  '@Action': [
    () => Action({ method: 'post', on: 'collection', allow: anyone, bodys: class Written {} } as never),
    '@Action',
    'it has no option "bodys".',
    'Did you mean "body"?',
    'ActionOptions',
  ],
  'a file of an action': [
    () => Action({ method: 'post', on: 'row', allow: anyone, upload: { cover: { maxMegabyte: 1 } } } as never),
    '@Action',
    'it has no option "maxMegabyte" in `upload.cover`.',
    'Did you mean "maxMegabytes"?',
    'UploadRule',
    'UploadRules',
  ],
  '@CacheResponse': [
    () => CacheResponse({ timeout: 1, vary: 'public', tag: [] } as never),
    '@CacheResponse',
    'it has no option "tag".',
    'Did you mean "tags"?',
    'CacheResponseOptions',
    'ClassCacheOptions',
  ],
  '@LogRequest': [
    () => LogRequest({ includeBodies: true } as never),
    '@LogRequest',
    'it has no option "includeBodies".',
    'Did you mean "includeBody"?',
    'LogRequestOptions',
  ],
  'bounds of @LogRequest': [
    () => LogRequest({ bounds: { depths: 1 } } as never),
    '@LogRequest',
    'it has no option "depths" in `bounds`.',
    'Did you mean "depth"?',
    'ExcerptBounds',
  ],
  '@ConcurrencyLimit': [
    () => ConcurrencyLimit({ key: 'jobs', limit: 1, period: 1 } as never),
    '@ConcurrencyLimit',
    'it has no option "period".',
    'There are: key, limit, per, whenDown, shadow, actions.',
    'ConcurrencyLimitOptions',
    'ConcurrencyDeclaration',
  ],
  '@RateLimit': [
    () => RateLimit({ key: 'api', limit: 1, periods: 1 } as never),
    '@RateLimit',
    'it has no option "periods".',
    'Did you mean "period"?',
    'RateLimitOptions',
    'CallLimitOptions',
    'PlainLimitOptions',
    'RateLimitDeclaration',
  ],
  createDataSource: [
    () => createDataSource({ ...memory, entities: [], turnlimit: 5 } as never),
    'createDataSource',
    'it has no option "turnlimit".',
    'Did you mean "turnLimit"?',
    'ModelDataSourceOptions',
    'OwnDataSourceOptions',
  ],
  ModelDataSource: [
    () => new ModelDataSource({ ...memory, entities: [], proofSchema: false } as never),
    'ModelDataSource',
    'it has no option "proofSchema".',
    'Did you mean "proveSchema"?',
  ],
  providers: [
    () => providers([{ provide: Book, useValue: {}, lifetimes: 'request' }] as never),
    'providers',
    'it has no option "lifetimes" in `providers[0]`.',
    'Did you mean "lifetime"?',
  ],
  Container: [
    () => new Container({ provider: [] } as never),
    'Container',
    'it has no option "provider".',
    'Did you mean "providers"?',
    'ContainerOptions',
  ],
})

const app = { dataSource: memory }
const titled = { title: 'Books', version: '1' }
const http = { instances: new Container(), viewSets: [] }

/** Options of applications, told before anything is connected to. */
const applicationRows: Readonly<Record<string, Row>> = {
  createApp: [
    () => createApp({ ...app, middlewares: [] } as never),
    'The application',
    'it has no option "middlewares".',
    'Did you mean "middleware"?',
    'CreateAppOptions',
  ],
  describeApp: [
    () => describeApp({ ...app, viewsets: [] } as never),
    'The application',
    'it has no option "viewsets".',
    'Did you mean "viewSets"?',
  ],
  problems: [
    () => createApp({ ...app, problems: { base: 'urn:' } } as never),
    'The application',
    'it has no option "base" in `problems`.',
    'There are: typeBase, challenge, validationStatus, exposeErrors.',
  ],
  limits: [
    () => createApp({ ...app, limits: { depths: 1 } } as never),
    'The application',
    'it has no option "depths" in `limits`.',
    'Did you mean "depth"?',
  ],
  idempotency: [
    () => createApp({ ...app, idempotency: { lifetimes: 1 } } as never),
    'The application',
    'it has no option "lifetimes" in `idempotency`.',
    'Did you mean "lifetime"?',
    'IdempotencyOptions',
  ],
  health: [
    () => createApp({ ...app, health: { readyz: '/up' } } as never),
    'The application',
    'it has no option "readyz" in `health`.',
    'Did you mean "ready"?',
    'HealthOptions',
  ],
  'database of health': [
    () => createApp({ ...app, health: { database: { timeouts: 5 } } } as never),
    'The application',
    'it has no option "timeouts" in `health.database`.',
    'Did you mean "timeout"?',
    'CheckOptions',
  ],
  'checks of health': [
    () => createApp({ ...app, health: { checks: { mail: { check: () => {}, option: true } } } } as never),
    'The application',
    'it has no option "option" in `health.checks.mail`.',
    'Did you mean "optional"?',
  ],
  overload: [
    () => createApp({ ...app, overload: { activeLimits: 5 } } as never),
    'The application',
    'it has no option "activeLimits" in `overload`.',
    'Did you mean "activeLimit"?',
    'OverloadOptions',
  ],
  measurements: [
    () => createApp({ ...app, measurements: { eventLoops: true } } as never),
    'The application',
    'it has no option "eventLoops" in `measurements`.',
    'Did you mean "eventLoop"?',
    'MeasurementOptions',
  ],
  clientIp: [
    () => createApp({ ...app, clientIp: { trusted: 1 } } as never),
    'The application',
    'it has no option "trusted" in `clientIp`.',
    'Did you mean "trust"?',
  ],
  openapi: [
    () => createApp({ ...app, openapi: { ...titled, pages: '/docs' } } as never),
    'The application',
    'it has no option "pages" in `openapi`.',
    'Did you mean "page"?',
    'OpenApiOptions',
  ],
  'servers of openapi': [
    () => createApp({ ...app, openapi: { ...titled, servers: [{ uri: '/' }] } } as never),
    'The application',
    'it has no option "uri" in `openapi.servers`.',
    'Did you mean "url"?',
  ],
  dataSource: [
    () => createApp({ dataSource: { ...memory, listner: [] } } as never),
    'The application',
    'it has no option "listner" in `dataSource`.',
    'Did you mean "listeners"?',
    'DatabaseOptions',
  ],
  cache: [
    () => createApp({ ...app, cache: { waitlimits: 1 } } as never),
    'The application',
    'it has no option "waitlimits" in `cache`.',
    'Did you mean "waitLimit"?',
  ],
  rateLimiter: [
    () => createApp({ ...app, rateLimiter: { process: 1 } } as never),
    'The application',
    'it has no option "process" in `rateLimiter`.',
    'Did you mean "processes"?',
  ],
  'providers of createApp': [
    () => createApp({ ...app, providers: [{ provide: Book, useClas: Book }] } as never),
    'The application',
    'it has no option "useClas" in `providers[0]`.',
    'Did you mean "useClass"?',
  ],
  createHttpApplication: [
    () => createHttpApplication({ ...http, viewsets: [] } as never),
    'The application',
    'it has no option "viewsets".',
    'Did you mean "viewSets"?',
    'HttpApplicationOptions',
  ],
  'limits of createHttpApplication': [
    () => createHttpApplication({ ...http, limits: { bodys: 1 } } as never),
    'The application',
    'it has no option "bodys" in `limits`.',
    'Did you mean "body"?',
  ],
}
export const applications = rowsOf(applicationRows)
