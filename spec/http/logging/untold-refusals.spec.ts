import { expect } from 'chai'
import {
  type Adds,
  anyone,
  column,
  contextVariable,
  defineTrait,
  eq,
  type Logger,
  ModelViewSet,
  Serializer,
} from 'plinth'
import { createApp } from 'plinth/container'
import { Resource, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Entity } from 'typeorm'

const house = contextVariable<string>('house-of-secrets')

const Housed = defineTrait({
  name: 'Housed',
  defaults: {},
  columns: () => ({ house: column.string({ length: 20 }) }),
  scopes: () => ({ house: { where: eq('house', house), default: true, locked: true } }),
})

interface Chair extends UuidIdentified, Adds<typeof Housed> {}
@UuidPk()
@Housed()
@Entity()
class Chair {}

class ChairSerializer extends Serializer(Chair, { fields: ['id'] }) {}

@Resource('/chairs')
class ChairViewSet extends ModelViewSet(Chair, { serializer: ChairSerializer, permissions: { '*': anyone } }) {}

const ignore = (): void => {}

describe('What callers are not told of a refusal', () => {
  it('is told to the log, with their request', async () => {
    const told: unknown[] = []
    const logger: Logger = {
      debug: ignore,
      info: (message, fields) => void told.push({ level: 'info', message, ...fields }),
      warn: ignore,
      error: (message) => void told.push(message),
      child: () => logger,
    }
    const dataSource = { type: 'sqlite', database: ':memory:', synchronize: true } as const
    const app = await createApp({ entities: [Chair], viewSets: [ChairViewSet], dataSource, logger })
    const { url } = await app.listen(0)
    const response = await fetch(`${url}/chairs`)
    const { code, detail, requestId } = (await response.json()) as Readonly<Record<string, unknown>>
    await app.close()
    expect([response.status, code, detail]).to.deep.equal([
      403,
      'CONTEXT_MISSING',
      'This depends on something of the caller that is not known.',
    ])
    const [record, ...others] = told as Readonly<Record<string, unknown>>[]
    expect(others).to.deep.equal([])
    expect(record).to.include({
      level: 'info',
      message: 'A request was refused, and its caller is not told why.',
      requestId,
      method: 'GET',
      path: '/chairs',
      code: 'CONTEXT_MISSING',
      reason: 'PermissionDeniedError: There is no "house-of-secrets" in this context.',
    })
  })
})
