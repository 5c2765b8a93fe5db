import { leaveQuiz, useQuiz } from '../../../store/course/quiz';
import { Button } from '../../../ui/Button';
import { quiz as words } from '../../../ui/texts/quiz';
import { Asked } from './Asked';
import './quiz.css';
import { QuizResult } from './QuizResult';
import { beginQuizNow } from './questionsNow';
import { ScoreHistory } from './ScoreHistory';

/** The quiz: before it, question by question, and its result. */
export function QuizPage() {
  const { questions, at } = useQuiz();
  const question = questions[at];
  if (question) return <Asked key={question.id} question={question} />;
  return (
    <article>
      <h2 className="course-title">{words.heading}</h2>
      {questions.length > 0 ? <QuizResult /> : <p className="course-lead">{words.intro}</p>}
      <div className="quiz-bar">
        <Button look="primary" onPress={() => void beginQuizNow()}>
          {questions.length > 0 ? words.again : words.begin}
        </Button>
        {questions.length > 0 ? <Button onPress={leaveQuiz}>{words.leave}</Button> : null}
      </div>
      <ScoreHistory />
    </article>
  );
}
