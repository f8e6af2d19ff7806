import { Validator as DocumentValidator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { validate } from 'class-validator'
import {
  anyone,
  type Call,
  createDataSource,
  FileExtension,
  FileSize,
  MatchesJsonSchema,
  type ModelDataSource,
  ModelViewSet,
  NoHtml,
  type OpenApiDocument,
  Reply,
  Serializer,
  type Validator,
  validateFileExtension,
  validateFileSize,
  validateJsonSchema,
  validateNoHtml,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../support/engines.js'
import { type Service, servings } from '../support/http.js'

const theme = {
  type: 'object',
  properties: { theme: { enum: ['light', 'dark'] } },
  required: ['theme'],
  additionalProperties: false,
} as const
const size = { maxMegabytes: 1 } as const
const extension = { allowed: ['.jpg', '.png'] } as const
const megabyte = 1024 * 1024

/** Each rule as a decorator, on a class of a body. */
class Profile {
  @FileSize(size) bytes!: number
  @FileExtension(extension) avatar!: string
  @NoHtml() bio!: string
  @MatchesJsonSchema(theme) settings!: unknown
}

/** The same on an entity, which a serializer accepts. */
@Entity()
class Person {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int' }) @FileSize(size) bytes!: number
  @Column({ length: 60 }) @FileExtension(extension) avatar!: string
  @Column({ length: 60 }) @NoHtml() bio!: string
  @Column({ type: 'simple-json' }) @MatchesJsonSchema(theme) settings!: unknown
}

class PersonSerializer extends Serializer(Person, { fields: ['id', 'bytes', 'avatar', 'bio', 'settings'] }) {}

@Resource('/people')
class PersonViewSet extends ModelViewSet(Person, { serializer: PersonSerializer, permissions: { '*': anyone } }) {
  @Action({ method: 'post', on: 'collection', path: 'profile', body: Profile, answers: {}, allow: anyone })
  profile({ body }: Call<Profile>) {
    return Reply.json(body)
  }
}

interface Form {
  readonly property: keyof Profile
  readonly validator: Validator
  readonly good: readonly unknown[]
  readonly bad: readonly unknown[]
  /** What is wrong with each bad value, by its code. */
  readonly code: string
}

const forms: readonly Form[] = [
  {
    property: 'bytes',
    validator: validateFileSize(size),
    good: [1, megabyte],
    bad: [0, megabyte + 1],
    code: 'fileSize',
  },
  {
    property: 'avatar',
    validator: validateFileExtension(extension),
    good: ['a.jpg', 'A.PNG'],
    bad: ['a.gif', '.jpg', 'a.php.jpg', 'jpg'],
    code: 'fileExtension',
  },
  { property: 'bio', validator: validateNoHtml, good: ['', 'a < b'], bad: ['<b>', 'a<!--'], code: 'noHtml' },
  {
    property: 'settings',
    validator: validateJsonSchema(theme),
    good: [{ theme: 'light' }],
    bad: [{}, { theme: 'red' }, { theme: 'dark', more: 1 }, []],
    code: 'matchesJsonSchema',
  },
]

const right = { bytes: 10, avatar: 'a.png', bio: 'text', settings: { theme: 'dark' } } as const

/** The properties of a body with a value that are refused, each with the names of its rules. */
const problems = async (property: keyof Profile, value: unknown) => {
  const found = await validate(Object.assign(new Profile(), right, { [property]: value }))
  return found.map((one) => [one.property, ...Object.keys(one.constraints ?? {})])
}

describe('The validators', () => {
  let dataSource: ModelDataSource
  let service: Service
  let document: OpenApiDocument

  before(async () => {
    const { options } = await engines[0]!.create()
    dataSource = createDataSource({ ...options, entities: [Person] })
    await dataSource.initialize()
    await dataSource.synchronize()
    service = await servings[0]!.serve({ viewSets: [PersonViewSet], dataSource })
    document = service.application.openapi()
  })
  after(async () => {
    await service?.close()
    await dataSource?.destroy()
  })

  /** What a document says of a property of the body that a path takes. */
  const schemaIn = (path: string, property: string): object => {
    const { schema } = document.paths[path]!.post!.requestBody!.content['application/json']!
    const named = (schema as { readonly $ref?: string }).$ref?.split('/').at(-1)
    const whole = (named === undefined ? schema : document.components.schemas[named]) as {
      readonly properties: Readonly<Record<string, object>>
    }
    return whole.properties[property]!
  }
  const refusals = async (path: string, body: object): Promise<readonly string[]> => {
    const { json, status } = await service.send('POST', path, body)
    const { errors = [] } = json as { readonly errors?: readonly { readonly pointer: string; readonly code: string }[] }
    return status < 300 ? [] : errors.map(({ pointer, code }) => `${pointer} ${code}`)
  }

  it('make a document that is valid', async () => {
    expect(await new DocumentValidator().validate(JSON.parse(JSON.stringify(document)))).to.include({ valid: true })
  })

  for (const { property, validator, good, bad, code } of forms) {
    describe(validator.rule, () => {
      it('is a predicate', () => {
        expect(good.map(validator)).to.deep.equal(good.map(() => true))
        expect(bad.map(validator)).to.deep.equal(bad.map(() => false))
      })

      it('is a decorator of class-validator', async () => {
        for (const value of good) expect(await problems(property, value)).to.deep.equal([])
        for (const value of bad)
          expect(await problems(property, value), JSON.stringify(value)).to.deep.equal([[property, code]])
      })

      for (const path of ['/people/profile', '/people']) {
        it(`is a rule of bodies, and of what documents say of them (${path})`, async () => {
          const described = validateJsonSchema(schemaIn(path, property) as Readonly<Record<string, unknown>>, {
            strict: false,
          })
          expect(JSON.stringify(schemaIn(path, property))).to.include(JSON.stringify(validator.schema).slice(1, -1))
          for (const value of good) {
            expect(await refusals(path, { ...right, [property]: value })).to.deep.equal([])
            expect(described(value), JSON.stringify(value)).to.equal(true)
          }
          for (const value of bad) {
            const found = await refusals(path, { ...right, [property]: value })
            expect(found, JSON.stringify(value)).to.deep.equal([`#/${property} ${code}`])
          }
        })
      }
    })
  }
})
