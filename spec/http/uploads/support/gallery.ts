import { IsBoolean, IsInt, IsOptional, Length, Max } from 'class-validator'
import { anyone, type Call, Reply, type UploadedFile, ViewSet, validateFileExtension, validateFileSize } from 'plinth'
import { Action, Resource } from 'plinth/decorators'

export class Caption {
  @Length(1, 20) title!: string
  @IsOptional() @IsInt() @Max(5) stars?: number
  @IsOptional() @IsBoolean() shown?: boolean
  @IsOptional() @Length(1, 10, { each: true }) tags?: string[]
}

const rules = {
  picture: { maxMegabytes: 1, types: { 'image/png': ['.png'], 'image/gif': ['.gif'] } },
  notes: { maxMegabytes: 1, types: ['text/plain', 'application/json', 'application/zip'], most: 3, optional: true },
} as const

interface Files {
  readonly picture: UploadedFile
  readonly notes: readonly UploadedFile[]
}

const isSmall = validateFileSize({ maxMegabytes: 0.1 })
const isText = validateFileExtension({ allowed: ['.txt'] })

const told = ({ field, name, type, size, sha256 }: UploadedFile) => ({ field, name, type, size, sha256 })

/** Takes pictures. */
@Resource('/gallery')
export class GalleryViewSet extends ViewSet {
  /** Keeps nothing. */
  @Action({ method: 'post', on: 'collection', path: 'look', upload: rules, body: Caption, allow: anyone })
  look({ body, files }: Call<Caption, {}, Files>) {
    return Reply.json({ body, picture: told(files.picture), notes: files.notes.map(told) })
  }

  @Action({ method: 'post', on: 'collection', path: 'keep', upload: rules, body: Caption, allow: anyone })
  async keep({ files }: Call<Caption, {}, Files>) {
    const keys = await Promise.all([files.picture, ...files.notes].map((file) => file.store()))
    return Reply.json({ keys })
  }

  @Action({
    method: 'post',
    on: 'collection',
    path: 'anything',
    upload: { file: { maxMegabytes: 1, types: 'any', extensions: ['.bin', '.txt'], allowEmpty: true } },
    allow: anyone,
  })
  async anything({ files }: Call<undefined, {}, { readonly file: UploadedFile }>) {
    const start = (await files.file.bytes()).toString('latin1').slice(0, 20)
    return Reply.json({ ...told(files.file), start, isSmall: isSmall(files.file), isText: isText(files.file) })
  }
}
