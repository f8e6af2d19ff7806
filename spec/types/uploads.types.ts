import { anyone, type Call, ModelViewSet, Reply, type RowCall, type UploadedFile } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { Note, NoteSerializer, PublishBody } from './http-fixtures.js'

const Notes = ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': anyone } })
const picture = { maxMegabytes: 5, types: ['image/png'] } as const
const pages = { ...picture, most: 10 } as const
const cover = { ...picture, optional: true } as const

// Right programs.
@Resource('/notes')
export class Right extends Notes {
  @Action({ method: 'put', on: 'row', body: PublishBody, upload: { picture, pages, cover }, allow: anyone })
  async all({ row, body, files }: RowCall<Note, PublishBody, {}, Files>) {
    const keys = [await files.picture.store(), ...files.pages.map(({ key }) => key), files.cover?.name, body.priority]
    return keys.length > 0 ? row : Reply.empty()
  }
  @Action({ method: 'post', on: 'collection', upload: { picture }, allow: anyone })
  withoutLooking(_call: Call) {
    return Reply.empty()
  }
}

interface Files {
  readonly picture: UploadedFile
  readonly pages: readonly UploadedFile[]
  readonly cover: UploadedFile | undefined
}

export class Wrong extends Notes {
  // @ts-expect-error: a file of another name
  @Action({ method: 'post', on: 'collection', upload: { picture }, allow: anyone })
  misspelt({ files }: Call<undefined, {}, { readonly pictures: UploadedFile }>) {
    return Reply.json(files.pictures.name)
  }
  // @ts-expect-error: one file where there may be several
  @Action({ method: 'post', on: 'collection', upload: { pages }, allow: anyone })
  one({ files }: Call<undefined, {}, { readonly pages: UploadedFile }>) {
    return Reply.json(files.pages.name)
  }
  // @ts-expect-error: a file that may be absent, taken for one that is there
  @Action({ method: 'post', on: 'collection', upload: { cover }, allow: anyone })
  absent({ files }: Call<undefined, {}, { readonly cover: UploadedFile }>) {
    return Reply.json(files.cover.name)
  }
  // @ts-expect-error: files that were not declared
  @Action({ method: 'post', on: 'collection', allow: anyone })
  undeclared({ files }: Call<undefined, {}, { readonly picture: UploadedFile }>) {
    return Reply.json(files.picture.name)
  }
  // @ts-expect-error: files with GET
  @Action({ method: 'get', on: 'collection', upload: { picture }, allow: anyone })
  read() {
    return Reply.empty()
  }
  // @ts-expect-error: a file of any size
  @Action({ method: 'post', on: 'collection', upload: { picture: { types: ['image/png'] } }, allow: anyone })
  unbounded() {
    return Reply.empty()
  }
  // @ts-expect-error: a file of which nobody says what it may hold
  @Action({ method: 'post', on: 'collection', upload: { picture: { maxMegabytes: 1 } }, allow: anyone })
  untyped() {
    return Reply.empty()
  }
}
