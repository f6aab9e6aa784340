/** What each place is about, by its id. The formulas are those the code computes; so are their letters. */
import { m } from '../messages.ts';
import type { About } from './about.ts';
import { aboutLandscapes } from './about-landscapes.ts';

const cs231n = 'Stanford CS231n, Convolutional Neural Networks for Visual Recognition';

export const aboutPlaces: Readonly<Record<string, About>> = {
  dataset: {
    sentence: () => m.about_dataset(),
    formulas: [
      {
        tex: String.raw`\mathcal D=\{(x_i,y_i)\}_{i=1}^{N}=\mathcal D_{\text{train}}\,\dot\cup\,\mathcal D_{\text{val}}\,\dot\cup\,\mathcal D_{\text{test}}`,
        where: () => m.about_dataset_where(),
      },
    ],
    sources: ['Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2009, § 7.2'],
    neighbours: [
      { place: 'features', because: () => m.about_dataset_to_features() },
      { place: 'evaluate', because: () => m.about_dataset_to_evaluate() },
    ],
  },
  features: {
    sentence: () => m.about_features(),
    formulas: [{ tex: String.raw`s=W\,\varphi(x)+b`, where: () => m.about_features_where() }],
    sources: [
      'Dalal & Triggs, Histograms of Oriented Gradients, CVPR 2005',
      'Csurka et al., Visual Categorization with Bags of Keypoints, 2004',
      'Coates, Lee & Ng, AISTATS 2011',
    ],
    neighbours: [
      { place: 'landscapes', because: () => m.about_features_to_landscapes() },
      { place: 'train', because: () => m.about_features_to_train() },
    ],
  },
  train: {
    sentence: () => m.about_train(),
    formulas: [
      {
        tex: String.raw`L(W)=\frac1N\sum_{i=1}^{N}L_i\bigl(f(x_i;W),\,y_i\bigr)+\frac{\lambda}{2}\lVert W\rVert^2`,
        where: () => m.about_train_where(),
      },
      { tex: String.raw`W\leftarrow W-\alpha\,\nabla L(W)` },
    ],
    sources: ['Goodfellow, Bengio & Courville, Deep Learning, 2016, § 8.3', `${cs231n}: Optimization`],
    neighbours: [
      { place: 'optimizers', because: () => m.about_train_to_optimizers() },
      { place: 'gradient-lab', because: () => m.about_train_to_gradient() },
      { place: 'landscapes', because: () => m.about_train_to_landscapes() },
      { place: 'templates', because: () => m.about_train_to_templates() },
    ],
  },
  templates: {
    sentence: () => m.about_templates(),
    formulas: [
      {
        tex: String.raw`s_c=\langle W_c,x\rangle+b_c\qquad s=W_2\,\phi(W_1x+b_1)+b_2`,
        where: () => m.about_templates_where(),
      },
    ],
    sources: [`${cs231n}: Linear classification, Neural networks 1`],
    neighbours: [
      { place: 'features', because: () => m.about_templates_to_features() },
      { place: 'landscapes', because: () => m.about_templates_to_landscapes() },
      { place: 'evaluate', because: () => m.about_templates_to_evaluate() },
    ],
  },
  evaluate: {
    sentence: () => m.about_evaluate(),
    formulas: [
      {
        tex: String.raw`\frac{\hat p+\frac{z^2}{2n}\pm z\sqrt{\frac{\hat p(1-\hat p)}{n}+\frac{z^2}{4n^2}}}{1+\frac{z^2}{n}}`,
        where: () => m.about_evaluate_where(),
      },
    ],
    sources: ['Wilson, Journal of the American Statistical Association, 1927'],
    neighbours: [
      { place: 'templates', because: () => m.about_evaluate_to_templates() },
      { place: 'dataset', because: () => m.about_evaluate_to_dataset() },
      { place: 'experiments', because: () => m.about_evaluate_to_experiments() },
    ],
  },
  optimizers: {
    sentence: () => m.about_optimizers(),
    formulas: [
      {
        tex: String.raw`m\leftarrow\beta_1m+(1-\beta_1)g\qquad v\leftarrow\beta_2v+(1-\beta_2)g^2`,
        where: () => m.about_optimizers_where(),
      },
      { tex: String.raw`\theta\leftarrow\theta-\alpha\frac{\hat m}{\sqrt{\hat v}+\varepsilon}` },
    ],
    sources: [
      'Goodfellow, Bengio & Courville, Deep Learning, 2016, § 8.3-8.6',
      'Choi et al. 2019, arXiv:1910.05446',
      'Schmidt, Schneider & Hennig 2021, arXiv:2007.01547',
    ],
    neighbours: [
      { place: 'landscapes', because: () => m.about_optimizers_to_landscapes() },
      { place: 'gradient-lab', because: () => m.about_optimizers_to_gradient() },
      { place: 'experiments', because: () => m.about_optimizers_to_experiments() },
    ],
  },
  predict: {
    sentence: () => m.about_predict(),
    formulas: [{ tex: String.raw`p_c=\frac{e^{s_c}}{\sum_j e^{s_j}}`, where: () => m.about_predict_where() }],
    sources: ['Bishop, Pattern Recognition and Machine Learning, 2006, § 4.3.4', 'Guo et al., ICML 2017'],
    neighbours: [
      { place: 'evaluate', because: () => m.about_predict_to_evaluate() },
      { place: 'templates', because: () => m.about_predict_to_templates() },
    ],
  },
  'gradient-lab': {
    sentence: () => m.about_gradient(),
    formulas: [
      {
        tex: String.raw`n_i=\frac{L(\theta+h\,e_i)-L(\theta-h\,e_i)}{2h}\qquad\frac{|a_i-n_i|}{\max(|a_i|,|n_i|)}`,
        where: () => m.about_gradient_where(),
      },
      {
        tex: String.raw`\underbrace{\tfrac{h}{2}|L''|}_{\text{forward}}\quad\underbrace{\tfrac{h^2}{6}|L'''|}_{\text{central}}\quad+\;\frac{\varepsilon|L|}{h}`,
        where: () => m.about_gradient_error(),
      },
    ],
    sources: [`${cs231n}: Neural networks 3, gradient checks`, 'Nocedal & Wright, Numerical Optimization, 2006, § 8.1'],
    neighbours: [
      { place: 'train', because: () => m.about_gradient_to_train() },
      { place: 'landscapes', because: () => m.about_gradient_to_landscapes() },
      { place: 'optimizers', because: () => m.about_gradient_to_optimizers() },
    ],
  },
  landscapes: aboutLandscapes.loss,
  experiments: {
    sentence: () => m.about_experiments(),
    formulas: [
      {
        tex: String.raw`r^\ast=\arg\min_{r}\,L_{\text{val}}\bigl(\theta(r)\bigr)`,
        where: () => m.about_experiments_where(),
      },
    ],
    sources: ['Bergstra & Bengio, Journal of Machine Learning Research, 2012'],
    neighbours: [
      { place: 'optimizers', because: () => m.about_experiments_to_optimizers() },
      { place: 'evaluate', because: () => m.about_experiments_to_evaluate() },
    ],
  },
};
