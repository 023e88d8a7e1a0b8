"""The public addresses of polls: the board, the result, the files."""

from django.urls import path

from elections import board_views, result_views

urlpatterns = [
    path("question/<int:pk>/", result_views.question_result, name="question-result"),
    path("question/<int:pk>/files.zip", result_views.question_files, name="question-files"),
    path("<uuid:code>/board/", board_views.board, name="board"),
    path("<uuid:code>/result/", result_views.result, name="result"),
    path("<uuid:code>/files.zip", result_views.all_files, name="poll-files"),
    path("<uuid:code>/files/<str:name>", result_views.one_file, name="poll-file"),
]
