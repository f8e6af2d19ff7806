import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { Length } from 'class-validator'
import { anyone, type Constructor, DefinitionError, LocalFileStorage, Reply, type UploadRules, ViewSet } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { applicationOf } from '../../support/http.js'
import { GalleryViewSet } from './support/gallery.js'

const files = new LocalFileStorage({ directory: '/nowhere' })
const picture = { maxMegabytes: 1, types: ['image/png'] } as const

class Caption {
  @Length(1, 20) picture!: string
}

function viewSetWith(upload: UploadRules, body?: Constructor): Constructor {
  @Resource('/x')
  class Some extends ViewSet {
    @Action({ method: 'post', on: 'collection', upload, ...(body && { body }), allow: anyone })
    take() {
      return Reply.empty()
    }
  }
  return Some
}

function mistakesOf(upload: UploadRules, body?: Constructor, storage: LocalFileStorage | undefined = files): unknown {
  try {
    applicationOf({ viewSets: [viewSetWith(upload, body)], ...(storage && { files: storage }) })
    return []
  } catch (error) {
    expect(error).to.be.instanceOf(DefinitionError)
    return (error as DefinitionError).mistakes.map(({ code, subject, problem, places }) => {
      expect(places[0]).to.match(/declarations\.spec\.[jt]s:\d+:\d+$/)
      return `${code} ${subject} ${problem}`
    })
  }
}

describe('Declared uploads', () => {
  it('that make sense are no mistake', () => {
    expect(mistakesOf({ picture })).to.deep.equal([])
    expect(mistakesOf({ picture, notes: { ...picture, most: 100, optional: true } })).to.deep.equal([])
  })

  const rule = 'E_UPLOAD Some.take the rule of one of its files makes no sense: '
  const wrong: readonly (readonly [string, UploadRules, string])[] = [
    ['without a file', {}, 'E_UPLOAD Some.take `upload` names no file.'],
    ['of none', { picture: { ...picture, most: 0 } }, 'E_UPLOAD Some.take "picture" may have 0 files.'],
    ['of half a one', { picture: { ...picture, most: 1.5 } }, 'E_UPLOAD Some.take "picture" may have 1.5 files.'],
    [
      'of no size',
      { picture: { ...picture, maxMegabytes: 0 } },
      `${rule}A file size is limited by a positive number of megabytes, as in { maxMegabytes: 5 }, not by 0.`,
    ],
    [
      'that can carry scripts',
      { picture: { ...picture, types: ['image/svg+xml'] } },
      `${rule}"image/svg+xml" can carry scripts, and no look at the bytes can say that it does not. Convert or clean such files.`,
    ],
    [
      'with extensions without a dot',
      { picture: { ...picture, extensions: ['png'] } },
      `${rule}Give the allowed extensions with their dots, as ['.jpg', '.png']: "png" is no extension.`,
    ],
  ]
  for (const [title, upload, mistake] of wrong) {
    it(`${title} are a mistake`, () => expect(mistakesOf(upload)).to.deep.equal([mistake]))
  }

  it('need a storage', () => {
    try {
      applicationOf({ viewSets: [viewSetWith({ picture })] })
      expect.fail('It started.')
    } catch (error) {
      expect((error as DefinitionError).mistakes.map(({ problem }) => problem)).to.deep.equal([
        'it takes files, but the application has nowhere to put them.',
      ])
    }
  })

  it('are not properties of the body', () => {
    expect(mistakesOf({ picture }, Caption)).to.deep.equal([
      'E_UPLOAD Some.take "picture" is both a file and a property of its body.',
    ])
  })

  it('are described', async () => {
    const application = applicationOf({ viewSets: [GalleryViewSet], files, openapi: { title: 'x', version: '1' } })
    const document = application.openapi()
    expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).to.include({ valid: true })
    const { requestBody, responses } = document.paths['/gallery/look']!.post!
    expect(requestBody).to.deep.equal({
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: {
              shown: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
              stars: { anyOf: [{ type: 'integer', maximum: 5 }, { type: 'null' }] },
              tags: { anyOf: [{ type: 'array', items: { minLength: 1, maxLength: 10 } }, { type: 'null' }] },
              title: { type: 'string', minLength: 1, maxLength: 20 },
              picture: { type: 'string', format: 'binary', minLength: 1, maxLength: 1_048_576 },
              notes: {
                type: 'array',
                items: { type: 'string', format: 'binary', minLength: 1, maxLength: 1_048_576 },
                minItems: 0,
                maxItems: 3,
              },
            },
            required: ['title', 'picture'],
            additionalProperties: false,
          },
          encoding: {
            picture: { contentType: 'image/png, image/gif' },
            notes: { contentType: 'text/plain, application/json, application/zip' },
          },
        },
      },
    })
    expect(responses).to.include.keys('400', '413', '415', '422')
    const refused = document.components.responses[(responses['422'] as { $ref: string }).$ref.split('/').at(-1)!]
    expect(refused?.description).to.equal('FILE_REFUSED')
  })
})
