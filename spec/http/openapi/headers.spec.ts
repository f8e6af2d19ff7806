import { expect } from 'chai'
import { BulkActionMixin, createDataSource, idempotencyKeys, ModelViewSet, Serializer, signedIn } from 'plinth'
import {
  type HasVersion,
  RateLimit,
  Resource,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { applicationOf } from '../../support/http.js'

export interface Sheet extends UuidIdentified, HasVersion, Timestamped {}
@UuidPk()
@Versioned()
@Timestamps()
@Entity('described_sheets')
export class Sheet {
  @Column({ length: 20 }) title!: string
}

class SheetSerializer extends Serializer(Sheet, { fields: ['id', 'title'] }) {}

@Resource('/sheets')
@RateLimit({ key: 'api', limit: 10, period: 60 })
class SheetViewSet extends BulkActionMixin(
  ModelViewSet(Sheet, {
    serializer: SheetSerializer,
    permissions: { '*': signedIn },
    idempotency: 'required',
    requirePrecondition: true,
  }),
  { allow: signedIn, actions: ['create'] },
) {}

const dataSource = createDataSource({
  type: 'sqlite',
  database: ':memory:',
  entities: [Sheet],
  tables: [idempotencyKeys],
})
const { paths, components } = applicationOf({
  viewSets: [SheetViewSet],
  dataSource,
  authenticate: () => null,
}).openapi()

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

const operation = (method: Method, path: string) => paths[path]![method]!
const headersOf = (method: Method, path: string, status: string): readonly string[] => {
  const response = operation(method, path).responses[status]!
  const found = '$ref' in response ? components.responses[response.$ref.split('/').at(-1)!]! : response
  return Object.keys(found.headers ?? {}).toSorted()
}
/** Those that are read, with a star behind those that must be there. */
const readHeaders = (method: Method, path: string): readonly string[] =>
  operation(method, path)
    .parameters.filter((parameter) => parameter.in === 'header')
    .map(({ name, required }) => `${name}${required ? '*' : ''}`)
    .toSorted()

const row = '/sheets/{id}'
const limits = ['RateLimit', 'RateLimit-Policy']

describe('Headers in the OpenAPI document', () => {
  it('are those that a request may have, and those that it must have', () => {
    expect(readHeaders('get', '/sheets')).to.deep.equal([])
    expect(readHeaders('post', '/sheets')).to.deep.equal(['Idempotency-Key*', 'If-None-Match', 'Prefer'])
    expect(readHeaders('get', row)).to.deep.equal(['If-Modified-Since', 'If-None-Match'])
    for (const method of ['put', 'patch'] as const) {
      expect(readHeaders(method, row)).to.deep.equal(['If-Match*', 'If-Unmodified-Since', 'Prefer'])
    }
    expect(readHeaders('post', '/sheets/bulk/create')).to.deep.equal(['Idempotency-Key*', 'Prefer'])
    expect(readHeaders('delete', row)).to.deep.equal(['If-Match*', 'If-Unmodified-Since'])
  })

  it('are those that answers have', () => {
    const always = [...limits, 'X-Request-Id']
    expect(headersOf('get', '/sheets', '200')).to.deep.equal(['Link', ...always])
    expect(headersOf('post', '/sheets', '201')).to.deep.equal(
      ['ETag', 'Idempotency-Replayed', 'Last-Modified', 'Location', 'Preference-Applied', ...always].toSorted(),
    )
    expect(headersOf('get', row, '200')).to.deep.equal(['ETag', 'Last-Modified', ...always])
    // What stands for another answer tells nothing of what is left.
    expect(headersOf('get', row, '304')).to.deep.equal(['ETag', 'Last-Modified', 'X-Request-Id'])
    expect(headersOf('patch', row, '204')).to.deep.equal(['ETag', 'Last-Modified', 'Preference-Applied', ...always])
    expect(headersOf('delete', row, '204')).to.deep.equal(always)
    expect(headersOf('post', '/sheets/bulk/create', '200')).to.deep.equal(
      ['Idempotency-Replayed', 'Preference-Applied', ...always].toSorted(),
    )
  })

  it('are those that problems have', () => {
    const always = [...limits, 'X-Request-Id']
    expect(headersOf('get', row, '404')).to.deep.equal(always)
    expect(headersOf('patch', row, '428')).to.deep.equal(always)
    expect(headersOf('get', row, '401')).to.deep.equal([...limits, 'WWW-Authenticate', 'X-Request-Id'])
    for (const status of ['429', '503'])
      expect(headersOf('get', row, status)).to.deep.equal([...limits, 'Retry-After', 'X-Request-Id'])
    expect(headersOf('post', '/sheets', '409')).to.include.members(['Idempotency-Replayed', 'Retry-After'])
    expect(headersOf('post', '/sheets', '415')).to.include.members(['Accept', 'Accept-Post'])
  })
})
