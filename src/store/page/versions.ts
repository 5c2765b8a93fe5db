import { dependencies, version } from '../../../package.json';
import { type Versions, versionOfFiles } from '../../core/run/exports';
import { useCatalogue } from '../engine/catalogue';

/** Of the page, of web-llm, and of the models that the lists name. */
export function currentVersions(): Versions {
  const { catalogue } = useCatalogue.getState();
  const files = catalogue?.models.flatMap(({ library, files: others }) => [library, ...others]) ?? [];
  return {
    page: version,
    webLlm: dependencies['@mlc-ai/web-llm'],
    models: catalogue ? versionOfFiles(files.map(({ sha256, name }) => sha256 ?? name)) : null,
  };
}
