import { expect } from 'chai'
import {
  AppException,
  anyone,
  BulkActionMixin,
  ConflictError,
  createDataSource,
  defineTrait,
  FailureError,
  idempotencyKeys,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  type ProblemStatuses,
  type RowCall,
  Serializer,
  ServiceResult,
  ServiceUnavailableError,
} from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Get, JsonController } from 'routing-controllers'
import { injectable } from 'tsyringe'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { exceptionCodes } from '../../../src/errors/exception-codes.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { servings } from '../../support/http.js'
import { problem } from '../support/library.js'
import { type Served, serve } from '../support/served.js'

const Fragile = defineTrait({ name: 'Fragile', defaults: {}, refusals: () => ({ FRAGILE: 423 }) })

@Entity('result_parcels')
@Fragile()
class Parcel {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) label!: string
}

class Teapot extends AppException {
  static override readonly statusCode = 418
  static override readonly errorCode = 'TEAPOT'
}

/** What the service answers instead of doing what it is for; undefined where it does that. */
let answered: (() => ServiceResult<Parcel>) | undefined

@injectable()
class ParcelService extends ModelService(Parcel) {
  override async create(values: object): Promise<ServiceResult<Parcel>> {
    const made = await super.create(values)
    return answered?.() ?? made
  }

  override async update(id: number | Parcel, values: object): Promise<ServiceResult<Parcel>> {
    const written = await super.update(id, values)
    return answered?.() ?? written
  }
}

@Resource('/parcels')
class ParcelViewSet extends BulkActionMixin(
  ModelViewSet(Parcel, {
    serializer: class ParcelSerializer extends Serializer(Parcel, { fields: ['id', 'label'] }) {},
    service: ParcelService,
    permissions: { '*': anyone },
    problems: { PARCEL_LOST: 410, LABEL_TAKEN: 409 },
    idempotency: 'optional',
  }),
  { allow: anyone, actions: ['update'], perItem: true },
) {
  @Action({ method: 'post', on: 'row', allow: anyone, problems: { LABEL_TAKEN: 422 } })
  async send({ row }: RowCall<Parcel>) {
    return this.service.update(row, { label: 'sent' })
  }

  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'nothing' })
  async weigh(_call: RowCall<Parcel>) {
    return ServiceResult.success()
  }

  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'row' })
  async unwrapped({ row }: RowCall<Parcel>) {
    return (await this.service.update(row, { label: 'unwrapped' })).unwrap()
  }
}

@JsonController('/native-parcels')
class NativeParcels {
  @Get('/')
  @Allow(anyone)
  find() {
    return answered?.()
  }
}

/** So that the document tells of whatever the service makes up. */
const problems: ProblemStatuses = {
  ...(Object.fromEntries(Object.entries(exceptionCodes).map(([code, [status]]) => [code, status])) as ProblemStatuses),
  APPLICATION_WIDE: 451,
  SOMETHING_ELSE: 400,
  TEAPOT: 418,
  PARCEL_LOST: 409,
}

const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded'

const failing = (code: string) => () => ServiceResult.failure('It cannot be done.', code)

describeOnEngines('Results of services', (engine) => {
  for (const serving of servings.filter(({ mounted }) => !mounted)) {
    describe(serving.name, () => {
      let database: Database
      let dataSource: ModelDataSource
      let served: Served
      let id: number

      before(async () => {
        database = await engine.create()
        dataSource = createDataSource({ ...database.options, entities: [Parcel], tables: [idempotencyKeys] })
        await dataSource.initialize()
        await dataSource.synchronize()
        served = await serve({ viewSets: [ParcelViewSet, NativeParcels], dataSource, serving, problems })
        ;({ id } = await dataSource.getRepository(Parcel).save({ label: 'first' }))
      })
      after(async () => {
        answered = undefined
        await served?.close()
        await dataSource?.destroy()
        await database?.drop()
      })
      beforeEach(() => {
        answered = undefined
      })

      const refusedWith = async (result: () => ServiceResult<Parcel>, path = `/parcels/${id}`, method = 'PATCH') => {
        answered = result
        const answer = await served.request(method, path, method === 'PATCH' ? { body: { label: 'changed' } } : {})
        expect(answer.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8')
        expect(answer.headers.get('cache-control')).to.equal('no-store')
        expect((await dataSource.getRepository(Parcel).findOneByOrFail({ id })).label).to.equal('first')
        return answer
      }

      const statusOf = async (code: string, path?: string, method?: string) =>
        (await refusedWith(failing(code), path, method)).status
      const post = async (key: string) => {
        const headers = { 'idempotency-key': `"${key}"` }
        const answer = await served.request('POST', '/parcels', { as: 'ada', headers, body: { label: 'kept' } })
        return [answer.status, answer.headers.get('idempotency-replayed')]
      }

      it('are rows, or nothing, where they succeed', async () => {
        const made = await served.request('POST', '/parcels', { body: { label: 'second' } })
        expect([made.status, made.body, made.headers.get('location')]).to.deep.equal([
          201,
          { id: made.body.id, label: 'second' },
          `/parcels/${made.body.id}`,
        ])
        expect(made.headers.get('etag')).to.match(/^W\/"/)
        const written = await served.request('PATCH', `/parcels/${id}`, { body: { label: 'first' } })
        expect([written.status, written.body]).to.deep.equal([200, { id, label: 'first' }])
        const nothing = await served.request('POST', `/parcels/${id}/weigh`)
        expect([nothing.status, nothing.text]).to.deep.equal([204, ''])
        const gone = await served.request('DELETE', `/parcels/${made.body.id}`)
        expect([gone.status, gone.text]).to.deep.equal([204, ''])
      })

      for (const [code, [status]] of Object.entries(exceptionCodes)) {
        it(`are ${status} where they fail with ${code}, and undo what was written`, async () => {
          const answer = await refusedWith(failing(code))
          expect(problem(answer)).to.deep.equal({
            type: code === 'RATE_LIMITED' ? quotaExceeded : `urn:problem:${code.toLowerCase()}`,
            title: titleOf(code),
            status,
            code,
            ...(status < 500 && { detail: 'It cannot be done.' }),
            instance: `/parcels/${id}`,
          })
          expect(answer.headers.get('www-authenticate')).to.equal(status === 401 ? 'Bearer' : null)
          expect(answer.headers.get('retry-after')).to.equal(status === 429 || status === 503 ? '1' : null)
        })
      }

      it('have the status that the action says of their code, or its viewset, or a trait, or the application, or else 400', async () => {
        expect(await statusOf('PARCEL_LOST')).to.equal(410)
        expect(await statusOf('LABEL_TAKEN')).to.equal(409)
        expect(await statusOf('LABEL_TAKEN', `/parcels/${id}/send`, 'POST')).to.equal(422)
        expect(await statusOf('PARCEL_LOST', `/parcels/${id}/send`, 'POST')).to.equal(410)
        expect(await statusOf('FRAGILE')).to.equal(423)
        expect(await statusOf('SOMETHING_ELSE')).to.equal(400)
        expect(await statusOf('APPLICATION_WIDE')).to.equal(451)
        expect(await statusOf('PARCEL_LOST', `/parcels/${id}/unwrapped`, 'POST')).to.equal(410)
      })

      it('tell their errors, and what the exception that they came from tells', async () => {
        const errors = [{ pointer: '#/label', code: 'taken', message: 'is in use' }]
        const failed = await refusedWith(() => ServiceResult.failure('Taken.', 'LABEL_TAKEN', { errors }))
        expect(problem(failed)).to.deep.equal({
          type: 'urn:problem:label_taken',
          title: 'Label taken',
          status: 409,
          code: 'LABEL_TAKEN',
          detail: 'Taken.',
          instance: `/parcels/${id}`,
          errors,
        })
        const teapot = new Teapot('Short and stout.', { details: { spout: 1 }, headers: { 'x-tea': 'no' }, errors })
        const thrown = await refusedWith(() => ServiceResult.from(teapot))
        expect(problem(thrown)).to.deep.equal({
          type: 'urn:problem:teapot',
          title: 'Teapot',
          status: 418,
          code: 'TEAPOT',
          detail: 'Short and stout.',
          instance: `/parcels/${id}`,
          errors,
          details: { spout: 1 },
        })
        expect(thrown.headers.get('x-tea')).to.equal('no')
        const open = new FailureError('Order 7 is open.', {
          errorCode: 'LABEL_TAKEN',
          told: { message: 'One is open.' },
        })
        expect((await refusedWith(() => ServiceResult.from(open))).body).to.deep.include({
          status: 409,
          detail: 'One is open.',
        })
        const late = new ServiceUnavailableError('10.0.0.5 is down.', { told: { message: 'Later.' } })
        expect((await refusedWith(() => ServiceResult.from(late))).body).to.deep.include({
          status: 503,
          detail: 'Later.',
        })
        // An exception knows its status, whatever is said of its code.
        const own = new ConflictError('No.', { errorCode: 'PARCEL_LOST' })
        expect((await refusedWith(() => ServiceResult.from(own))).status).to.equal(409)
      })

      it('are nothing but a 500 where something is thrown that is no exception', async () => {
        const answer = await refusedWith(() => {
          throw new TypeError('secret')
        })
        expect(problem(answer)).to.deep.equal({
          type: 'urn:problem:internal_error',
          title: 'Internal error',
          status: 500,
          code: 'INTERNAL_ERROR',
          instance: `/parcels/${id}`,
        })
      })

      it('are the same for items of bulk actions', async () => {
        const update = async (atomic: boolean, code: string) => {
          answered = failing(code)
          return served.request('POST', '/parcels/bulk/update', {
            body: { atomic, items: [{ id, label: 'changed' }] },
          })
        }
        const whole = await update(true, 'PARCEL_LOST')
        expect(problem(whole)).to.deep.equal({
          type: 'urn:problem:parcel_lost',
          title: 'Parcel lost',
          status: 410,
          code: 'PARCEL_LOST',
          detail: 'It cannot be done.',
          instance: '/parcels/bulk/update',
          errors: [{ pointer: '#/items/0', code: 'parcel_lost', message: 'It cannot be done.', params: { id } }],
        })
        const each = await update(false, 'LABEL_TAKEN')
        expect([each.status, each.body['results']]).to.deep.equal([
          207,
          [
            {
              index: 0,
              id,
              status: 409,
              problem: {
                type: 'urn:problem:label_taken',
                title: 'Label taken',
                status: 409,
                code: 'LABEL_TAKEN',
                detail: 'It cannot be done.',
                errors: [{ pointer: '#/items/0', code: 'label_taken', message: 'It cannot be done.', params: { id } }],
              },
            },
          ],
        ])
        // What the application has to answer for is no affair of one item.
        const failed = await update(false, 'EXTERNAL_SERVICE_ERROR')
        expect(problem(failed)).to.deep.equal({
          type: 'urn:problem:external_service_error',
          title: 'External service error',
          status: 502,
          code: 'EXTERNAL_SERVICE_ERROR',
          instance: '/parcels/bulk/update',
        })
      })

      it('are kept for an Idempotency-Key as their status says', async () => {
        const key = `${serving.name}-1`
        answered = failing('PARCEL_LOST')
        expect(await post(key)).to.deep.equal([410, null])
        answered = undefined
        expect(await post(key)).to.deep.equal([410, 'true'])
        answered = failing('RATE_LIMITED')
        expect(await post(`${key}-2`)).to.deep.equal([429, null])
        answered = undefined
        expect(await post(`${key}-2`)).to.deep.equal([201, null])
      })

      it('are no success where an action of routing-controllers answers a failure', async () => {
        answered = failing('PERMISSION_DENIED')
        const answer = await served.request('GET', '/native-parcels')
        expect(problem(answer)).to.deep.equal({
          type: 'urn:problem:permission_denied',
          title: 'Permission denied',
          status: 403,
          code: 'PERMISSION_DENIED',
          detail: 'It cannot be done.',
          instance: '/native-parcels',
        })
      })
    })
  }
})

function titleOf(code: string): string {
  const [first = '', ...rest] = code.toLowerCase().split('_')
  return [first[0]!.toUpperCase() + first.slice(1), ...rest].join(' ')
}
