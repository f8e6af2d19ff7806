import {
  anyone,
  BulkActionMixin,
  Cache,
  CreateMixin,
  clientIpReader,
  column,
  computed,
  consoleLogger,
  createDataSource,
  createHttpApplication,
  defineTrait,
  extendSerializer,
  FileContent,
  FileExtension,
  FileSize,
  GenericViewSet,
  hashString,
  type Instances,
  LocalFileStorage,
  likeSearch,
  type ModelDataSource,
  ModelViewSet,
  memoryBackend,
  memoryRateLimitStore,
  on,
  parseUuid,
  prune,
  RateLimiter,
  Reply,
  redisBackend,
  redisRateLimitStore,
  Serializer,
  ServiceResult,
  slugify,
  slugWriter,
  ValidationError,
  VerbsMixin,
  ViewRowsMixin,
  ViewSet,
  validateJsonSchema,
} from 'plinth'
import { createApp, providers, token } from 'plinth/container'
import {
  Action,
  CacheResponse,
  LogRequest,
  Metadata,
  Orderable,
  RateLimit,
  Sluggable,
  SoftDelete,
  StampOn,
  Timestamps,
  UuidPk,
} from 'plinth/decorators'
import { checkBehaviours, fuzzRoutes } from 'plinth/testing'
import { Article, ArticleSerializer, Note, NoteSerializer } from './http-fixtures.js'

const serializer = ArticleSerializer
const Bare = GenericViewSet(Article, { serializer })
const memory = { type: 'sqlite', database: ':memory:' } as const
const size = token<number>('size')
declare const dataSource: ModelDataSource
declare const instances: Instances
class Author {
  id!: number
  notes!: Note[]
  note!: Note | null
}
class Body {
  text!: string
}
const shown = { serializer: NoteSerializer }
const written = { serializer: NoteSerializer, write: 'id' } as const
const fields = ['notes'] as const
const refer = { refer: anyone }
const picture = { maxMegabytes: 1, types: 'any' } as const
const trash = { view: 'onlyDeleted', path: 'trash', allow: anyone } as const
const http = { viewSets: [], instances }
const optional: { readonly size: number; readonly label?: string } = { size: 1 }
const page = { title: '', version: '' }

export const traits = [
  // @ts-expect-error: an option that the trait does not have
  () => SoftDelete({ by: true, index: true }),
  // @ts-expect-error: a misspelt option
  () => Timestamps({ indexed: true }),
  // @ts-expect-error: a misspelt option of a trait with several
  () => Sluggable({ from: 'title', maxlength: 20 }),
  // @ts-expect-error: a misspelt option inside another
  () => Sluggable({ from: 'title', history: { days: 3, forever: true } }),
  // @ts-expect-error: a misspelt option of one of several slugs
  () => Sluggable.as('path')({ form: 'title' }),
  // @ts-expect-error: a misspelt option of an order
  () => Orderable({ inside: ['boardId'] }),
  // @ts-expect-error: a misspelt option of what is indexed
  () => Metadata({ indexes: [{ path: 'size', holds: 'number', unique: true }] }),
  // @ts-expect-error: a misspelt option of a stamp
  () => StampOn({ field: 'published', equals: true, stamps: 'publishedAt' }),
  // @ts-expect-error: a misspelt option of a key
  () => UuidPk({ allowClientID: true }),
  // @ts-expect-error: a misspelt part of a trait
  () => defineTrait({ name: 'Parted', defaults: {}, scope: () => ({}) }),
  // @ts-expect-error: an option that the defaults do not name
  () => defineTrait({ name: 'Optional', defaults: optional }),
  // @ts-expect-error: a misspelt option of a column
  () => column.string({ lenght: 20 }),
  // @ts-expect-error: a misspelt option of a JSON column
  () => column.json({ nullabel: true }),
]

export const serializers = [
  // @ts-expect-error: a misspelt option of a serializer
  () => Serializer(Article, { fields: ['id'], readonly: ['id'] }),
  // @ts-expect-error: a misspelt option of what extends one
  () => extendSerializer(ArticleSerializer, { fields: ['body'], readonly: ['body'] }),
  // @ts-expect-error: a misspelt option of a relation
  () => Serializer(Author, { fields: ['notes'], nested: { notes: { serializer: NoteSerializer, most: 5 } } }),
  // @ts-expect-error: a misspelt option of a relation, beside others
  () => Serializer(Author, { fields: ['notes'], nested: { notes: { ...shown, max: 5, orderby: ['-id'] } } }),
  // @ts-expect-error: a misspelt deed of a relation
  () => Serializer(Author, { fields: ['notes'], nested: { notes: { ...shown, allow: { delete: anyone } } } }),
  // @ts-expect-error: a misspelt part of what an action shows
  () => Serializer(Article, { fields: ['id', 'title'], actions: { list: { reads: ['id'] } } }),
  // @ts-expect-error: a misspelt rule of a field
  () => Serializer(Article, { fields: ['id', 'title'], rules: { title: { reads: anyone } } }),
  // @ts-expect-error: a misspelt rule of a field, beside another
  () => Serializer(Article, { fields: ['id', 'title'], rules: { title: { read: anyone, writes: anyone } } }),
  // @ts-expect-error: a misspelt deed of a relation, beside another
  () => Serializer(Author, { fields, nested: { notes: { ...written, allow: { ...refer, delete: anyone } } } }),
  // @ts-expect-error: a misspelt part of what an action shows, beside another
  () => Serializer(Article, { fields: ['id', 'title'], actions: { list: { read: ['id'], writes: ['id'] } } }),
  // @ts-expect-error: a misspelt option of a computed field
  () => computed(Article, { requires: ['title'], value: ({ title }) => title, schemas: {} }),
]

export const viewSets = [
  // @ts-expect-error: a misspelt option of a viewset
  () => GenericViewSet(Article, { serializer, filter: {} }),
  // @ts-expect-error: a misspelt option of a viewset with standard actions
  () => ModelViewSet(Article, { serializer, permissions: { '*': anyone }, requirePreconditions: true }),
  // @ts-expect-error: a misspelt option of pages
  () => GenericViewSet(Article, { serializer, pagination: { style: 'page', siz: 5 } }),
  // @ts-expect-error: a misspelt option of a count
  () => GenericViewSet(Article, { serializer, pagination: { style: 'page', count: { capped: 5, exact: true } } }),
  // @ts-expect-error: a misspelt option of a filter
  () => GenericViewSet(Article, { serializer, filters: { title: { operators: ['eq'], name: 'called' } } }),
  // @ts-expect-error: a misspelt option of a search
  () => GenericViewSet(Article, { serializer, search: { fields: ['title'], providers: likeSearch } }),
  // @ts-expect-error: a misspelt property of what rows have in common
  () => GenericViewSet(Article, { serializer, scope: () => ({ ownerID: '' }) }),
  // @ts-expect-error: a misspelt option of a mixin
  () => CreateMixin(Bare, { allow: anyone, status: 200 }),
  // @ts-expect-error: a misspelt verb
  () => VerbsMixin(Bare, { restored: anyone }),
  // @ts-expect-error: a misspelt option of rows in a view
  () => ViewRowsMixin(Bare, { ...trash, removes: {} }),
  // @ts-expect-error: a misspelt option of removal
  () => ViewRowsMixin(Bare, { ...trash, remove: { verb: 'purge', allow: anyone, alow: anyone } }),
  // @ts-expect-error: a misspelt option of bulk actions
  () => BulkActionMixin(Bare, { allow: anyone, actions: ['create'], peritem: true }),
]

export class Actions extends ViewSet {
  // @ts-expect-error: a misspelt option of an action
  @Action({ method: 'post', on: 'collection', allow: anyone, bodys: Body })
  misspelt(): Reply {
    return Reply.json(1)
  }
  // @ts-expect-error: a misspelt option of a file
  @Action({ method: 'post', on: 'collection', allow: anyone, upload: { picture: { ...picture, max: 2 } } })
  upload(): Reply {
    return Reply.json(1)
  }
}

export const decorators = [
  // @ts-expect-error: a misspelt option of a cached answer
  () => CacheResponse({ timeout: 60, vary: 'public', tag: [] }),
  // @ts-expect-error: a misspelt option of what is logged
  () => LogRequest({ includeBodies: true }),
  // @ts-expect-error: a misspelt bound of what is logged
  () => LogRequest({ bounds: { depths: 1 } }),
  // @ts-expect-error: a misspelt option of a limit
  () => RateLimit({ key: 'api', limit: 1, period: 1, costs: 2 }),
  // @ts-expect-error: a misspelt option of a limit that is taken away
  () => RateLimit({ key: 'api', limit: 'none', action: [] }),
]

export const applications = [
  // @ts-expect-error: a misspelt option of an application
  () => createApp({ dataSource: memory, viewsets: [] }),
  // @ts-expect-error: a misspelt option of its problems
  () => createApp({ dataSource: memory, problems: { typebase: '' } }),
  // @ts-expect-error: a misspelt option of its limits
  () => createApp({ dataSource: memory, limits: { depths: 1 } }),
  // @ts-expect-error: a misspelt option of its cache
  () => createApp({ dataSource: memory, cache: { waitLimits: 1 } }),
  // @ts-expect-error: a misspelt option of its limiter
  () => createApp({ dataSource: memory, rateLimiter: { process: 1 } }),
  // @ts-expect-error: a misspelt option of its proxies
  () => createApp({ dataSource: memory, clientIp: { trusts: [] } }),
  // @ts-expect-error: a misspelt option of its document
  () => createApp({ dataSource: memory, openapi: { ...page, pages: '/docs' } }),
  // @ts-expect-error: a misspelt option of a server of its document
  () => createApp({ dataSource: memory, openapi: { ...page, servers: [{ url: '', describe: '' }] } }),
  // @ts-expect-error: a misspelt option of its data source
  () => createApp({ dataSource: { ...memory, turnlimit: 1 } }),
  // @ts-expect-error: a misspelt option of a provider
  () => createApp({ dataSource: memory, providers: [{ provide: size, useValue: 1, lifetimes: 'request' }] }),
  // @ts-expect-error: a misspelt option in a list of providers
  () => providers([{ provide: size, useFactory: () => 1, lifeTime: 'request' }]),
  // @ts-expect-error: a misspelt option of an application without a container
  () => createHttpApplication({ ...http, viewsets: [] }),
  // @ts-expect-error: a misspelt option of kept keys
  () => createHttpApplication({ ...http, idempotency: { lifetimes: 1 } }),
  // @ts-expect-error: a misspelt option of a data source
  () => createDataSource({ ...memory, entities: [], turnlimit: 1 }),
  // @ts-expect-error: a misspelt handler
  () => on(Article, { afterRestored: () => {} }),
]

export const calls = [
  // @ts-expect-error: a misspelt option of a cache
  () => new Cache({ waitLimits: 1 }),
  // @ts-expect-error: a misspelt option of a value that is cached
  () => new Cache().cached('key', { timeout: 1, stales: 1 }, () => 1),
  // @ts-expect-error: a misspelt option of a memory
  () => memoryBackend({ sizes: 1 }),
  // @ts-expect-error: a misspelt option of a store
  () => redisBackend({ namespace: '', urls: '' }),
  // @ts-expect-error: a misspelt option of a store of limits
  () => redisRateLimitStore({ namespace: '', urls: '' }),
  // @ts-expect-error: a misspelt option of limits in memory
  () => memoryRateLimitStore({ sizes: 1 }),
  // @ts-expect-error: a misspelt option of a limiter
  () => new RateLimiter({ process: 1 }),
  // @ts-expect-error: a misspelt option of a unit of work
  () => dataSource.atomic(() => 1, { isolations: 'SERIALIZABLE' }),
  // @ts-expect-error: a misspelt option of what is pruned
  () => prune(dataSource, { olderThan: new Date(), dryrun: true }),
  // @ts-expect-error: a misspelt option of where files go
  () => new LocalFileStorage({ directory: '', base: '' }),
  // @ts-expect-error: a misspelt option of what is recovered
  () => new LocalFileStorage({ directory: '' }).recover({ before: new Date(), isReferenced: () => true, dryRun: true }),
  // @ts-expect-error: a misspelt option of proxies
  () => clientIpReader({ trusts: [] }),
  // @ts-expect-error: a misspelt option of a digest
  () => hashString('', { algoritm: 'sha512' }),
  // @ts-expect-error: a misspelt option of a slug
  () => slugify('', { seperator: '_' }),
  // @ts-expect-error: a misspelt option of slugs
  () => slugWriter({ seperator: '_' }),
  // @ts-expect-error: a misspelt option of a UUID
  () => parseUuid('', { versions: 4 }),
  // @ts-expect-error: a misspelt option of a logger
  () => consoleLogger({ levels: 'info' }),
  // @ts-expect-error: a misspelt option of a file
  () => FileSize({ maxMegabytes: 1, allowempty: true }),
  // @ts-expect-error: a misspelt option of an extension
  () => FileExtension({ allow: ['png'] }),
  // @ts-expect-error: a misspelt option of a content
  () => FileContent({ allow: ['image/png'] }),
  // @ts-expect-error: a misspelt option of a schema
  () => validateJsonSchema({}, { stricts: true }),
  // @ts-expect-error: a misspelt option of an error
  () => new ValidationError('No.', { errorcode: 'NO' }),
  // @ts-expect-error: a misspelt option of a failure
  () => ServiceResult.failure('No.', 'NO', { error: [] }),
  // @ts-expect-error: a misspelt option of a check
  () => checkBehaviours(Note, { dataSource, make: () => null as never, run: 5 }),
  // @ts-expect-error: a misspelt option of random requests
  () => fuzzRoutes(null as never, { dataSource, run: 5 }),
]
