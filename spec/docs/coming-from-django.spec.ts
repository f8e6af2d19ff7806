import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import * as plinth from 'plinth'
import * as container from 'plinth/container'
import * as decorators from 'plinth/decorators'
import * as testing from 'plinth/testing'
import { root } from '../support/sources.js'

const page = readFileSync(join(root, 'docs/coming-from-django.md'), 'utf8')
const directory = join(root, 'examples/coming-from-django')

/** What a core app of Django has. */
const originals = `BaseModel UUIDPrimaryKeyMixin SoftDeleteMixin SlugMixin OrderableMixin MetadataMixin managers.py
  BaseService BaseService.get_logger BaseService.atomic ServiceResult AppException ValidationError NotFoundError PermissionDeniedError
  ConflictError ExternalServiceError rate_limit cache_response log_request generate_token hash_string validate_uuid get_client_ip
  calculate_pagination validate_file_size validate_file_extension validate_no_html validate_json_schema CacheBackend
  PaginationMixin BulkActionMixin SoftDeleteViewSetMixin TimestampMixin`.split(/\s+/)

/** The rows of the tables that name exports: the name in Django, and the names here. */
const rows = [...page.matchAll(/^\| (`[^|]+) \| ([^|]+) \| [^|]*\|$/gm)].map(([, django = '', here = '']) => ({
  django: [...django.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  here: [...here.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
}))

describe('The guide from Django', () => {
  it('has a counterpart of everything', () => {
    const named = rows.flatMap(({ django }) => django)
    expect(originals.filter((name) => !named.includes(name))).to.deep.equal([])
    expect(rows.filter(({ here }) => here.length === 0)).to.deep.equal([])
  })

  it('names what is exported', () => {
    // Types are exported by name alone.
    const index = readFileSync(join(root, 'src/index.ts'), 'utf8')
    const values = { ...plinth, ...decorators, ...container, ...testing }
    const unknown = rows
      .flatMap(({ here }) => here)
      .filter((name) => !(name in values) && !new RegExp(`\\btype \\{?[^}]*\\b${name}\\b|type ${name}\\b`).test(index))
    expect(unknown).to.deep.equal([])
    expect(rows.length).to.be.at.least(originals.length)
  })

  it('shows code of the example alone', () => {
    const files = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'))
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
    expect(blocks.filter((code) => !files.some((file) => file.includes(code)))).to.deep.equal([])
    expect(blocks).to.have.length(6)
  })

  it('shows code that works', async function () {
    this.timeout(20_000)
    const main = join(root, 'dist/examples/coming-from-django/main.js')
    const run = await promisify(execFile)(process.execPath, [main])
    expect(run).to.deep.equal({ stdout: 'The counterparts work.\n', stderr: '' })
  })
})
