import { ModelService, ServiceResult } from 'plinth'
import { Article } from './models.js'

export class ArticleService extends ModelService(Article) {
  async createArticle(title: string, body: string): Promise<ServiceResult<Article>> {
    return this.atomic(async () => {
      if (title === '') return ServiceResult.failure('An article needs a title.', 'NO_TITLE')
      this.logger.info('An article is written.', { title })
      return this.create({ title, body })
    })
  }
}
